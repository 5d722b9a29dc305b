using NixSharp.Stores.Caches;

namespace NixSharp.Stores.Copying;

/// <summary>A path, and the store that it comes from.</summary>
/// <param name="Info">What that store knows of the path.</param>
/// <param name="Substituter">The store.</param>
public sealed record SubstitutablePath(PathInfo Info, INixStore Substituter)
{
    /// <summary>How many bytes have to be downloaded; 0 where that is not known.</summary>
    internal async Task<long> QueryDownloadSizeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Substituter is BinaryCacheStore cache && await cache.QueryNarInfoAsync(Info.Path, cancellationToken).ConfigureAwait(false) is { } info
                ? info.FileSize ?? 0
                : 0;
        }
        catch (NixException)
        {
            // It answered before, and does not any more.
            return 0;
        }
    }
}
