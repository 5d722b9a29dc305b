using NixSharp.Images;

namespace NixSharp.Registries;

/// <summary>Pushes images to registries.</summary>
public static class ContainerImagePush
{
    /// <summary>
    /// Pushes an image without temporary files: layers are made while they are sent, what the registry has is not sent
    /// again, and an image that is there already costs one request. The manifest goes last, so that the tag never names
    /// an image that is incomplete.
    /// </summary>
    /// <param name="image">The image.</param>
    /// <param name="reference">Where it goes, such as <c>quay.io/acme/hello:1.0</c>.</param>
    /// <param name="options">How it is pushed.</param>
    /// <param name="cancellationToken">Stops the push; the tag stays as it was.</param>
    /// <exception cref="RegistryException">The reference cannot be read, or the registry cannot be reached or refuses.</exception>
    public static Task<PushResult> PushAsync(
        this IContainerImage image,
        string reference,
        PushOptions? options = null,
        CancellationToken cancellationToken = default) =>
        image.PushAsync(ImageReference.Parse(reference), options, cancellationToken);

    /// <inheritdoc cref="PushAsync(IContainerImage, string, PushOptions?, CancellationToken)"/>
    public static async Task<PushResult> PushAsync(
        this IContainerImage image,
        ImageReference reference,
        PushOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(reference);
        using var push = new ImagePusher(image, reference, options ?? new PushOptions());
        return await push.RunAsync(cancellationToken).ConfigureAwait(false);
    }
}
