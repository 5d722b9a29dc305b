using NixSharp.Images;
using NixSharp.Images.Oci;
using NixSharp.Processes;

namespace NixSharp.Registries;

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
    /// <exception cref="NixProcessException">Skopeo is not there (<c>NIXS5001</c>), or failed (<c>NIXS4120</c>).</exception>
    /// <exception cref="RegistryException">A file of credentials cannot be read.</exception>
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
            return await CopyAsync(layout.ToString(), $"{DockerTransport}{reference}", cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
