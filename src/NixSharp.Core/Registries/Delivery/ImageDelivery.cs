using NixSharp.Images;
using NixSharp.Images.Oci;
using NixSharp.Registries.Engines;
using NixSharp.Registries.Skopeo;

namespace NixSharp.Registries.Delivery;

/// <summary>Gets images to registries and engines.</summary>
public static class ImageDelivery
{
    /// <summary>Gets an image to where it is used, under one or more names of the same image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="references">Its names.</param>
    /// <param name="options">What gets it there, and how.</param>
    /// <param name="cancellationToken">Stops it; a name refers to a whole image or to what it was.</param>
    /// <returns>What arrived, in the order of the names.</returns>
    /// <exception cref="NixException">The registry, the engine or the program refuses or cannot be reached, or a layer cannot be made.</exception>
    public static async Task<IReadOnlyList<DeliveredImage>> DeliverAsync(
        this ContainerImage image,
        IReadOnlyList<ImageReference> references,
        DeliveryOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(references);
        options ??= new DeliveryOptions();
        return options.Engine switch
        {
            ImageEngine.Native => await PushAsync(image, references, options.Push, cancellationToken).ConfigureAwait(false),
            ImageEngine.Skopeo => await CopyAsync(references, options, (skopeo, copy) => skopeo.PushAsync(image, references, copy, options.Push.Progress, cancellationToken)).ConfigureAwait(false),
            _ => await LoadAsync(image, references, options, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>
    /// Gets images for several platforms to where they are used, under one or more names. A registry gets all of them; an
    /// engine holds images for one platform, and gets the one that suits this machine.
    /// </summary>
    /// <inheritdoc cref="DeliverAsync(ContainerImage, IReadOnlyList{ImageReference}, DeliveryOptions?, CancellationToken)"/>
    public static async Task<IReadOnlyList<DeliveredImage>> DeliverAsync(
        this ImageIndex index,
        IReadOnlyList<ImageReference> references,
        DeliveryOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(references);
        options ??= new DeliveryOptions();
        return options.Engine switch
        {
            ImageEngine.Native => await PushAsync(index, references, options.Push, cancellationToken).ConfigureAwait(false),
            ImageEngine.Skopeo => await CopyAsync(references, options, (skopeo, copy) => skopeo.PushAsync(index, references, copy, options.Push.Progress, cancellationToken)).ConfigureAwait(false),
            _ => await LoadAsync(Choose(index), references, options, cancellationToken).ConfigureAwait(false),
        };
    }

    private static ContainerImage Choose(ImageIndex index) =>
        index.Images.Zip(index.Platforms, static (image, platform) => (Image: image, Fit: OciPlatform.Current.Suits(platform)))
            .Where(static candidate => candidate.Fit is not null)
            .MaxBy(static candidate => candidate.Fit)
            .Image ?? throw new ImageException(
                NixErrorCodes.UnsupportedImage,
                $"None of the images is for {OciPlatform.Current}, which an engine on this machine could run; they are for {string.Join(", ", index.Platforms)}. Push them to a registry.");

    private static Task<IReadOnlyList<DeliveredImage>> PushAsync(
        ImageIndex index,
        IReadOnlyList<ImageReference> references,
        PushOptions options,
        CancellationToken cancellationToken) => PushAsync(references, async reference =>
        {
            var pushed = await index.PushAsync(reference, options, cancellationToken).ConfigureAwait(false);
            return new DeliveredImage { Reference = pushed.Reference, Digest = pushed.Digest, Unchanged = pushed.Unchanged, BytesSent = pushed.BytesUploaded };
        });

    private static Task<IReadOnlyList<DeliveredImage>> PushAsync(
        ContainerImage image,
        IReadOnlyList<ImageReference> references,
        PushOptions options,
        CancellationToken cancellationToken) => PushAsync(references, async reference =>
        {
            var pushed = await image.PushAsync(reference, options, cancellationToken).ConfigureAwait(false);
            return new DeliveredImage { Reference = pushed.Reference, Digest = pushed.Digest, Unchanged = pushed.Unchanged, BytesSent = pushed.BytesUploaded, Push = pushed };
        });

    private static async Task<IReadOnlyList<DeliveredImage>> PushAsync(IReadOnlyList<ImageReference> references, Func<ImageReference, Task<DeliveredImage>> push)
    {
        var delivered = new List<DeliveredImage>();
        foreach (var reference in references)
        {
            delivered.Add(await push(reference).ConfigureAwait(false));
        }

        return delivered;
    }

    private static async Task<IReadOnlyList<DeliveredImage>> CopyAsync(
        IReadOnlyList<ImageReference> references,
        DeliveryOptions options,
        Func<SkopeoClient, SkopeoCopyOptions, Task<IReadOnlyList<OciDigest>>> push)
    {
        var skopeo = new SkopeoClient(new SkopeoOptions
        {
            Program = options.SkopeoProgram,
            PlainHttp = options.Push.PlainHttp,
            Credentials = options.Push.Credentials,

            // The policy is about whom to trust, and this image was made here.
            InsecurePolicy = true,
            Log = options.Log,
        });
        var copy = new SkopeoCopyOptions
        {
            Destination = new SkopeoEndpoint
            {
                CertificateFolder = options.Push.CertificateFolder,
                VerifyTls = options.Push.Insecure ? false : null,
            },
        };
        var digests = await push(skopeo, copy).ConfigureAwait(false);
        return [.. references.Zip(digests, static (reference, digest) => new DeliveredImage { Reference = reference, Digest = digest })];
    }

    private static async Task<IReadOnlyList<DeliveredImage>> LoadAsync(
        ContainerImage image,
        IReadOnlyList<ImageReference> references,
        DeliveryOptions options,
        CancellationToken cancellationToken)
    {
        using var engine = new ContainerEngine(options.Address ?? (options.Engine == ImageEngine.Docker ? EngineAddress.Docker() : EngineAddress.Podman()));
        var load = new LoadOptions { Progress = options.Push.Progress, Log = options.Log };
        var loaded = await engine.LoadAsync(image, references, load, cancellationToken).ConfigureAwait(false);
        return [.. loaded.References.Select((reference, index) => new DeliveredImage
        {
            Reference = reference,
            Digest = loaded.ImageId,
            Unchanged = loaded.Unchanged,
            BytesSent = index == 0 ? loaded.BytesSent : 0,
        })];
    }
}
