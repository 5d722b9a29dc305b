using System.Text.RegularExpressions;
using NixSharp.Processes;
using Polly;
using Polly.Retry;

namespace NixSharp.Flakes;

/// <summary>Failures of Nix that pass: servers that limit how much one may ask, and networks that break off.</summary>
internal static partial class NixNetwork
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(2);

    /// <summary>Whether Nix itself could not download, for a reason that may be gone in a while. What a build prints does not count.</summary>
    public static bool IsPassing(IReadOnlyList<string> complaints) => complaints.Any(Passing().IsMatch);

    /// <summary>Whether a server said that it was asked too often.</summary>
    public static bool IsRateLimit(IReadOnlyList<string> complaints) => complaints.Any(RateLimit().IsMatch);

    /// <summary>Runs again what failed in passing; what failed otherwise, or too often, comes back as it is.</summary>
    public static ResiliencePipeline<ProcessResult> MakeRetry(NixOptions options, Func<IReadOnlyList<string>> complaints)
    {
        var builder = new ResiliencePipelineBuilder<ProcessResult>();
        return options.Attempts <= 1
            ? builder.Build()
            : builder.AddRetry(new RetryStrategyOptions<ProcessResult>
            {
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Result is { ExitCode: not 0 } && IsPassing(complaints())),
                MaxRetryAttempts = options.Attempts - 1,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryDelay,
                MaxDelay = MaxDelay,
                OnRetry = arguments =>
                {
                    options.Log?.Report($"nix could not download; trying again in {arguments.RetryDelay.TotalSeconds:0.#} s");
                    return ValueTask.CompletedTask;
                },
            }).Build();
    }

    [GeneratedRegex(@"unable to download '[^']*': (HTTP error (408|429|5\d\d)|[^;]*(resolve host|connect|Timeout|timed out|reset|SSL|Failure when receiving|partial file))|rate limit exceeded|HTTP error 403.*rate limit", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Passing();

    [GeneratedRegex(@"unable to download '[^']*': HTTP error 429|rate limit", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex RateLimit();
}
