using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>Something that knows about store paths.</summary>
public interface IPathInfoReader
{
    /// <summary>The logical folder that its paths are in.</summary>
    StoreDirectory StoreDirectory { get; }

    /// <summary>What is known of <paramref name="path"/>, or null where it is not valid.</summary>
    Task<PathInfo?> QueryPathInfoAsync(StorePath path, CancellationToken cancellationToken = default);

    /// <summary>What is known of several paths; those that are not valid are left out.</summary>
    async Task<IReadOnlyDictionary<StorePath, PathInfo>> QueryPathInfosAsync(IReadOnlyCollection<StorePath> paths, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var infos = new Dictionary<StorePath, PathInfo>();
        foreach (var path in paths)
        {
            if (await QueryPathInfoAsync(path, cancellationToken).ConfigureAwait(false) is { } info)
            {
                infos[path] = info;
            }
        }

        return infos;
    }
}
