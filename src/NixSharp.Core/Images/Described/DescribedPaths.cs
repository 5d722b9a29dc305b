using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Images.Described;

/// <summary>
/// Where the paths are that a description of an image names. It may come from a stranger, so that all of them have to
/// be in the store: nothing else of this machine gets into an image by it.
/// </summary>
internal sealed class DescribedPaths(string location, OpenOptions options)
{
    /// <summary>The description, for messages.</summary>
    public string Location => location;

    /// <summary>The logical folder that the paths are in.</summary>
    public StoreDirectory Directory => options.Store?.StoreDirectory ?? StoreDirectory.Default;

    /// <summary>The store path that <paramref name="path"/> is, or is in.</summary>
    /// <exception cref="ImageException">It is outside the store.</exception>
    public StorePath StorePathOf(string path)
    {
        var prefix = $"{Directory.Path}/";
        if (ImagePaths.WhyNot(path) is null && path.StartsWith(prefix, StringComparison.Ordinal))
        {
            var end = path.IndexOf('/', prefix.Length);
            if (StorePath.TryParse(end < 0 ? path : path[..end], Directory, out var storePath))
            {
                return storePath;
            }
        }

        throw Damaged($"it names '{path}', which is not in the store {Directory}");
    }

    /// <summary>Where the files of <paramref name="path"/> are on this machine.</summary>
    /// <exception cref="ImageException">It is outside the store, or the store has no files here.</exception>
    public string RealPathOf(string path)
    {
        var storePath = StorePathOf(path);
        var files = options.Store switch
        {
            null => storePath.ToString(),
            IFileSystemStore store => store.GetRealPath(storePath),
            var other => throw new ImageException(
                NixErrorCodes.ImageUnreadable,
                $"The files of {storePath}, of which {location} makes an image, are not on this machine, because {other.Uri} keeps none here. Copy them into a local store first."),
        };
        return files + path[storePath.ToString().Length..];
    }

    /// <summary>What says of some store paths what is in them; null where no store knows all of them.</summary>
    public async Task<IReadOnlyList<PathInfo>?> FindInfosAsync(IEnumerable<StorePath> paths, CancellationToken cancellationToken)
    {
        if (options.Store is null)
        {
            return null;
        }

        var wanted = paths.Distinct().ToList();
        var infos = await options.Store.QueryPathInfosAsync(wanted, cancellationToken).ConfigureAwait(false);
        return infos.Count == wanted.Count ? [.. wanted.Select(path => infos[path])] : null;
    }

    public ImageException Damaged(string why) =>
        new(NixErrorCodes.InvalidImage, $"{location} does not describe an image that can be made: {why}. Build it again.");
}
