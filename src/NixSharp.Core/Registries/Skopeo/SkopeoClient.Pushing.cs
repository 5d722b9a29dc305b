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
    /// <param name="progress">Told how much of each layer is written.</param>
    /// <param name="cancellationToken">Stops skopeo; the temporary folder is deleted.</param>
    public async Task<OciDigest> PushAsync(
        ContainerImage image,
        ImageReference reference,
        IProgress<NixProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(reference);
        Program([]).FindProgram();
        var folder = Directory.CreateTempSubdirectory("nixsharp-").FullName;
        try
        {
            var layout = new ImageLocation(ImageTransport.Oci, Path.Combine(folder, "layout"), "image");
            await image.WriteAsync(layout, new WriteOptions { Progress = progress }, cancellationToken).ConfigureAwait(false);
            return await CopyAsync(layout.ToString(), $"{DockerTransport}{reference}", cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
