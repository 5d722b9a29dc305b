using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Images;

/// <summary>Images that are store objects themselves, such as dockerTools makes.</summary>
public static class StoreImage
{
    /// <summary>
    /// Opens the image that a store object is: an archive of dockerTools' <c>buildImage</c> and <c>buildLayeredImage</c>.
    /// Null where the object is no such file, but something to make an image of.
    /// </summary>
    /// <exception cref="ImageException">The archive is damaged or cannot be read.</exception>
    public static async Task<ContainerImage?> TryOpenAsync(
        IFileSystemStore store,
        StorePath path,
        OpenOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var file = store.GetRealPath(path);
        return File.Exists(file) && IsArchive(path.Name)
            ? await ContainerImage.OpenAsync(new ImageLocation(ImageTransport.DockerArchive, file), options, cancellationToken).ConfigureAwait(false)
            : null;
    }

    private static bool IsArchive(string name) =>
        name.EndsWith(".tar.gz", StringComparison.Ordinal) || name.EndsWith(".tar", StringComparison.Ordinal);
}
