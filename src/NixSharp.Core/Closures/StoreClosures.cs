using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Closures;

/// <summary>Closures, asked of a store.</summary>
public static class StoreClosures
{
    /// <summary>Computes the closure of one path.</summary>
    /// <exception cref="NixStoreException">A path is not valid in the store.</exception>
    public static Task<Closure> GetClosureAsync(this INixStore store, StorePath root, CancellationToken cancellationToken = default) =>
        Closure.ComputeAsync(store, [root], cancellationToken);

    /// <summary>Computes the closure of several paths.</summary>
    /// <exception cref="NixStoreException">A path is not valid in the store.</exception>
    public static Task<Closure> GetClosureAsync(this INixStore store, IReadOnlyList<StorePath> roots, CancellationToken cancellationToken = default) =>
        Closure.ComputeAsync(store, roots, cancellationToken);
}
