using NixSharp.Images;
using NixSharp.Images.Oci;

namespace NixSharp.Registries.Skopeo;

public sealed partial class SkopeoClient
{
    /// <summary>
    /// Pushes an image that is not on disk: writes it to an OCI layout in a temporary folder, where skopeo can read it,
    /// and has skopeo copy that. The digests are those of the native push.
    /// </summary>
    /// <param name="image">The image.</param>
    /// <param name="reference">Where it goes.</param>
    /// <param name="options">How it is copied; null takes the defaults.</param>
    /// <param name="progress">Told how much of each layer is written.</param>
    /// <param name="cancellationToken">Stops skopeo; the temporary folder is deleted.</param>
    public async Task<OciDigest> PushAsync(
        ContainerImage image,
        ImageReference reference,
        SkopeoCopyOptions? options = null,
        IProgress<NixProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return (await PushAsync(image, [reference], options, progress, cancellationToken).ConfigureAwait(false))[0];
    }

    /// <summary>Pushes an image under several names, written once; the digests are in the order of the names.</summary>
    /// <inheritdoc cref="PushAsync(ContainerImage, ImageReference, SkopeoCopyOptions?, IProgress{NixProgress}?, CancellationToken)"/>
    public async Task<IReadOnlyList<OciDigest>> PushAsync(
        ContainerImage image,
        IReadOnlyList<ImageReference> references,
        SkopeoCopyOptions? options = null,
        IProgress<NixProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(references);
        return await PushAsync(
            layout => image.WriteAsync(layout, new WriteOptions { Progress = progress }, cancellationToken),
            references,
            options,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Pushes images for several platforms under several names, written once; the digests of the index are in the order of the names.</summary>
    /// <inheritdoc cref="PushAsync(ContainerImage, ImageReference, SkopeoCopyOptions?, IProgress{NixProgress}?, CancellationToken)"/>
    public async Task<IReadOnlyList<OciDigest>> PushAsync(
        ImageIndex index,
        IReadOnlyList<ImageReference> references,
        SkopeoCopyOptions? options = null,
        IProgress<NixProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(references);
        return await PushAsync(
            layout => index.WriteAsync(layout, new WriteOptions { Progress = progress }, cancellationToken),
            references,
            (options ?? new SkopeoCopyOptions()) with { Images = SkopeoImageSelection.All },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<OciDigest>> PushAsync(
        Func<ImageLocation, Task> write,
        IReadOnlyList<ImageReference> references,
        SkopeoCopyOptions? options,
        CancellationToken cancellationToken)
    {
        Program([]).FindProgram();
        var folder = Directory.CreateTempSubdirectory("nixsharp-").FullName;
        try
        {
            var layout = new ImageLocation(ImageTransport.Oci, Path.Combine(folder, "layout"), "image");
            await write(layout).ConfigureAwait(false);
            var digests = new List<OciDigest>();
            foreach (var reference in references)
            {
                digests.Add(await CopyAsync(layout.ToString(), $"{DockerTransport}{reference}", options, cancellationToken).ConfigureAwait(false));
            }

            return digests;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
