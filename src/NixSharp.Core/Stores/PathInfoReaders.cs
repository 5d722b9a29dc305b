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
            ?? throw NotValid(path);
    }

    /// <summary>What is known of several paths, asked for at once: each once, in the order given.</summary>
    /// <exception cref="NixStoreException">A path is not valid in the store.</exception>
    public static async Task<IReadOnlyList<PathInfo>> GetPathInfosAsync(
        this IPathInfoReader store,
        IReadOnlyCollection<StorePath> paths,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(paths);
        var infos = await store.QueryPathInfosAsync(paths, cancellationToken).ConfigureAwait(false);
        return [.. paths.Distinct().Select(path => infos.TryGetValue(path, out var info) ? info : throw NotValid(path))];
    }

    internal static NixStoreException NotValid(StorePath path) => new(
        NixErrorCodes.PathNotValid,
        $"{path} is not valid in the store. Add or build it first, or open the store that it is in.");
}
