using NixSharp.Images.Described;
using NixSharp.Images.Layouts;

namespace NixSharp.Images;

public sealed partial class ContainerImage
{
    /// <summary>Opens an image on disk, named in the text form of <see cref="ImageLocation"/>.</summary>
    /// <inheritdoc cref="OpenAsync(ImageLocation, OpenOptions?, CancellationToken)"/>
    public static Task<ContainerImage> OpenAsync(string location, OpenOptions? options = null, CancellationToken cancellationToken = default) =>
        OpenAsync(ImageLocation.Parse(location), options, cancellationToken);

    /// <summary>
    /// Opens an image on disk, to be pushed, written in another form, or built on. Manifest and configuration are checked
    /// now, each layer's digest while it is read.
    /// </summary>
    /// <exception cref="ImageException">There is no such image, or it is damaged or cannot be read.</exception>
    public static Task<ContainerImage> OpenAsync(ImageLocation location, OpenOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(location);
        options ??= new OpenOptions();
        return Task.Run(
            () => location.Transport switch
            {
                ImageTransport.Nix => DescriptionFile.GuardAsync(location, options, () => NixImage.OpenAsync(location.Path, options, cancellationToken)),
                ImageTransport.Stream => DescriptionFile.GuardAsync(location, options, () => StreamedImage.OpenAsync(location.Path, options, cancellationToken)),
                _ => Task.FromResult(ImageFiles.Open(location, options, cancellationToken)),
            },
            cancellationToken);
    }
}
