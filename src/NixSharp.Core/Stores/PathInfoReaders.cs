using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>Questions to an <see cref="IPathInfoReader"/> that expect an answer.</summary>
public static class PathInfoReaders
{
    /// <summary>What is known of <paramref name="path"/>.</summary>
    /// <exception cref="NixStoreException">The path is not valid in the store.</exception>
    public static async Task<PathInfo> GetPathInfoAsync(this IPathInfoReader store, StorePath path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        return await store.QueryPathInfoAsync(path, cancellationToken).ConfigureAwait(false)
            ?? throw new NixStoreException(
                NixErrorCodes.PathNotValid,
                $"{path} is not valid in the store. Add or build it first, or open the store that it is in.");
    }
}
