using NixSharp.Images;
using NixSharp.Images.Layouts;
using NixSharp.Images.Oci;

namespace NixSharp.Registries;

/// <summary>Opens images in registries: to write them to disk, to push them elsewhere, or to build on them.</summary>
public static class RegistryImage
{
    /// <summary>Opens the image that a text names, such as <c>quay.io/acme/hello:1.0</c>.</summary>
    /// <inheritdoc cref="OpenAsync(ImageReference, PullOptions?, CancellationToken)"/>
    public static Task<ContainerImage> OpenAsync(string reference, PullOptions? options = null, CancellationToken cancellationToken = default)
    {
        options = RegistryClient.Configure(options ?? new PullOptions());
        return RegistrySource.FindAsync(reference, options, candidate => OpenAsync(candidate, options, cancellationToken));
    }

    /// <summary>
    /// Fetches and checks the manifest and configuration; each layer is fetched when it is written, goes on where a
    /// broken connection left it, and has its size and digest checked. Mirrors are asked first. A push to the same
    /// registry takes the layers over without moving them. Disposing the image closes the connections.
    /// </summary>
    /// <param name="reference">The image; with a digest, that very one.</param>
    /// <param name="options">How it is opened.</param>
    /// <param name="cancellationToken">Stops the opening.</param>
    /// <exception cref="RegistryException">The registry has no such image, cannot be reached, denies access, or answers nonsense.</exception>
    /// <exception cref="ImageException">What is there is no image, is damaged, or is for other platforms.</exception>
    public static async Task<ContainerImage> OpenAsync(ImageReference reference, PullOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        options = RegistryClient.Configure(options ?? new PullOptions());
        var (client, manifest) = await RegistrySource.OpenAsync(reference, options, cancellationToken).ConfigureAwait(false);
        var files = new RegistryFiles(client);
        try
        {
            var descriptor = files.Add(manifest);
            if (descriptor.MediaType is OciMediaTypes.Index or OciMediaTypes.DockerManifestList)
            {
                var index = files.ReadJson(LayoutFiles.BlobName(descriptor.Digest));
                descriptor = await files.FetchManifestAsync(OciReader.ChoosePlatform(files, index, options.Platform), cancellationToken).ConfigureAwait(false);
            }

            await files.FetchConfigAsync(descriptor, cancellationToken).ConfigureAwait(false);
            var image = OciReader.Open(files, descriptor, options.Platform);
            return new ContainerImage([.. image.WritableLayers.Select(layer => new RegistryLayer(layer, reference))], image.GetManifest(), files) { Name = reference.ToString() };
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }
}
