namespace NixSharp.Stores.Caches;

/// <summary>An error together with whether trying again may help. Never leaves the code that tries again.</summary>
internal sealed class CacheFailure(NixStoreException error, bool isTransient, TimeSpan? retryAfter = null) : Exception(error.Message, error)
{
    public NixStoreException Error { get; } = error;

    public bool IsTransient { get; } = isTransient;

    public TimeSpan? RetryAfter { get; } = retryAfter;
}
