using Polly;
using Polly.Retry;

namespace NixSharp.Web;

/// <summary>How requests are repeated that failed for reasons that pass.</summary>
internal static class Retries
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(30);

    /// <param name="attempts">How often a request is sent in all.</param>
    /// <param name="delay">The wait before the second attempt; it doubles with each one.</param>
    /// <param name="isTransient">Whether a failure may pass.</param>
    /// <param name="retryAfter">How long the server said to wait, if it did.</param>
    /// <param name="maxDelay">The longest wait; null for half a minute.</param>
    public static ResiliencePipeline Make(int attempts, TimeSpan delay, Func<Exception, bool> isTransient, Func<Exception, TimeSpan?> retryAfter, TimeSpan? maxDelay = null) => attempts < 2
        ? ResiliencePipeline.Empty
        : new ResiliencePipelineBuilder()
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = attempts - 1,
                Delay = delay,
                MaxDelay = delay > (maxDelay ?? MaxDelay) ? delay : maxDelay ?? MaxDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } error && isTransient(error)),
                DelayGenerator = arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } error ? retryAfter(error) : null),
            })
            .Build();
}
