using NixSharp.Images;
using NixSharp.Images.Oci;

namespace NixSharp.Registries.Delivery;

/// <summary>Opens the images that others are made on top of.</summary>
public static class BaseImages
{
    /// <summary>
    /// Opens a base image. What <paramref name="delivery"/> says of credentials, certificates and plain HTTP is meant for the
    /// registry that is pushed to, and holds for the base only if it is in that same one.
    /// </summary>
    /// <param name="source">Where it is: <c>mcr.microsoft.com/dotnet/aspnet:10.0</c>, <c>oci:FOLDER:1.0</c>, ...</param>
    /// <param name="registry">The registry that is pushed to; null where none is.</param>
    /// <param name="delivery">How that registry is talked to.</param>
    /// <param name="platform">Which image of an index is meant.</param>
    /// <param name="cancellationToken">Stops the opening.</param>
    /// <exception cref="RegistryException">The text is no reference, or the registry has no such image, cannot be reached or denies access.</exception>
    /// <exception cref="ImageException">What is there is no image, is damaged, or is for other platforms.</exception>
    public static Task<ContainerImage> OpenAsync(
        string source,
        string? registry,
        RegistryOptions delivery,
        OciPlatform platform,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(delivery);
        var options = ImageReference.TryParse(source, out var reference) && reference.Registry == registry
            ? new PullOptions
            {
                PlainHttp = delivery.PlainHttp,
                Insecure = delivery.Insecure,
                CertificateFolder = delivery.CertificateFolder,
                Credentials = delivery.Credentials,
            }
            : new PullOptions();
        return ImageSource.OpenAsync(source, options with { Platform = platform }, cancellationToken);
    }
}
