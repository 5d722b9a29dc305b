using NixSharp.Images.Layouts;

namespace NixSharp.Images;

public sealed partial class ContainerImage
{
    /// <summary>Opens an image on disk, named in the text form of <see cref="ImageLocation"/>.</summary>
    /// <inheritdoc cref="OpenAsync(ImageLocation, OpenOptions?, CancellationToken)"/>
    public static Task<ContainerImage> OpenAsync(string location, OpenOptions? options = null, CancellationToken cancellationToken = default) =>
        OpenAsync(ImageLocation.Parse(location), options, cancellationToken);

    /// <summary>
    /// Opens an image on disk, to be pushed or written in another form. Manifest and configuration are checked now, each
    /// layer's digest while it is read. Of an image for several platforms, the one for Linux on this machine's processor
    /// is opened.
    /// </summary>
    /// <exception cref="ImageException">There is no such image, or it is damaged or cannot be read.</exception>
    public static Task<ContainerImage> OpenAsync(ImageLocation location, OpenOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(location);
        return Task.Run(() => ImageFiles.Open(location, options ?? new OpenOptions(), cancellationToken), cancellationToken);
    }
}
