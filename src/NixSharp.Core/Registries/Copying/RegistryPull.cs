using NixSharp.Files;
using NixSharp.Images;
using NixSharp.Images.Layouts;
using NixSharp.Images.Oci;

namespace NixSharp.Registries.Copying;

/// <summary>Fetches images as they are in a registry, those of all platforms together.</summary>
public static class RegistryPull
{
    /// <summary>Fetches what a text names, such as <c>quay.io/acme/hello:1.0</c>.</summary>
    /// <inheritdoc cref="PullAsync(ImageReference, ImageLocation, RegistryOptions?, IProgress{NixProgress}?, CancellationToken)"/>
    public static Task<PullResult> PullAsync(
        string source,
        ImageLocation destination,
        RegistryOptions? options = null,
        IProgress<NixProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options = RegistryClient.Configure(options ?? new RegistryOptions());
        return RegistrySource.FindAsync(source, options, candidate => PullAsync(candidate, destination, options, progress, cancellationToken));
    }

    /// <summary>
    /// Fetches an image, or an index with all that it names, into an OCI layout, to the byte. Blobs that are there already
    /// are not fetched again; mirrors are asked first. The layout names the image when everything is there.
    /// </summary>
    /// <param name="source">What is fetched.</param>
    /// <param name="destination">The layout, <c>oci:FOLDER[:REFERENCE]</c>.</param>
    /// <param name="options">How the registry is talked to.</param>
    /// <param name="progress">Gets the bytes of each blob.</param>
    /// <param name="cancellationToken">Stops the fetching; the layout names what it named before.</param>
    /// <exception cref="RegistryException">The registry cannot be reached or refuses, or what it sends is damaged.</exception>
    /// <exception cref="ImageException">What is there is no image, or the place is no layout or cannot be written.</exception>
    public static async Task<PullResult> PullAsync(
        ImageReference source,
        ImageLocation destination,
        RegistryOptions? options = null,
        IProgress<NixProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        if (destination.Transport != ImageTransport.Oci)
        {
            throw new ImageException(
                NixErrorCodes.InvalidImageLocation,
                $"Images cannot be fetched to {destination} as they are in the registry. Give oci:FOLDER, or fetch the image for one platform.");
        }

        options = RegistryClient.Configure(options ?? new RegistryOptions());
        var (client, manifest) = await RegistrySource.OpenAsync(source, options, cancellationToken).ConfigureAwait(false);
        using (client)
        {
            var tree = new ImageTree(client);
            await tree.AddAsync(manifest, depth: 0, cancellationToken).ConfigureAwait(false);
            try
            {
                // Large ones first, so that none of them is left alone in the end.
                var fetched = await LayoutFolder.WriteAsync(
                    [.. tree.Blobs.OrderByDescending(static blob => blob.Size)],
                    [.. tree.Manifests.Select(static part => (part.Descriptor, part.Content))],
                    (blob, file, token) => FetchAsync(client, blob, file, progress, token),
                    options.Connections ?? RegistryOptions.MostConnections,
                    destination,
                    cancellationToken).ConfigureAwait(false);
                return new PullResult { Digest = manifest.Descriptor.Digest, Blobs = tree.Blobs, Fetched = fetched };
            }
            catch (Exception error) when (FileErrors.IsFromSystem(error))
            {
                throw ContainerImage.WriteFailed(destination, error);
            }
        }
    }

    private static async Task FetchAsync(RegistryClient client, OciDescriptor blob, Stream file, IProgress<NixProgress>? progress, CancellationToken cancellationToken)
    {
        var reports = new BlobProgress(blob.Digest.ToString(), progress, static _ => { }) { Activity = "downloading", Total = blob.Size };
        var counted = new SentStream(file, reports.Add);
        await using (counted.ConfigureAwait(false))
        {
            await client.DownloadBlobAsync(blob, counted, cancellationToken).ConfigureAwait(false);
        }

        reports.Complete();
    }
}
