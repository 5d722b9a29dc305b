using NixSharp.Images;

namespace NixSharp.Registries;

/// <summary>Opens images wherever they are.</summary>
public static class ImageSource
{
    private const string DockerTransport = "docker://";

    /// <summary>
    /// Opens the image that a text names: on disk in the form of <see cref="ImageLocation"/> (<c>oci:FOLDER:1.0</c>), else
    /// in a registry (<c>quay.io/acme/hello:1.0</c>, with <c>docker://</c> in front or without).
    /// </summary>
    /// <param name="source">Where it is.</param>
    /// <param name="options">How a registry is talked to, and which image of an index is meant; null takes the defaults.</param>
    /// <param name="cancellationToken">Stops the opening.</param>
    /// <exception cref="RegistryException">The text is no reference, or the registry has no such image, cannot be reached or denies access.</exception>
    /// <exception cref="ImageException">What is there is no image, is damaged, or is for other platforms.</exception>
    public static Task<ContainerImage> OpenAsync(string source, PullOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        options ??= new PullOptions();
        return ImageLocation.TryParse(source, out var location)
            ? ContainerImage.OpenAsync(location, new OpenOptions { Platform = options.Platform, Cache = new LayerCache(LayerCache.DefaultFolder) }, cancellationToken)
            : RegistryImage.OpenAsync(source.StartsWith(DockerTransport, StringComparison.Ordinal) ? source[DockerTransport.Length..] : source, options, cancellationToken);
    }
}
