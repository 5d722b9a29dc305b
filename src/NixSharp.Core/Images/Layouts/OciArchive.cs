using NixSharp.Images.Tar;

namespace NixSharp.Images.Layouts;

/// <summary>Writes a tar archive of an OCI image layout with one image, without making the layout first.</summary>
internal static class OciArchive
{
    public static Task<WriteResult> WriteAsync(ContainerImage image, ImageLocation destination, WriteOptions options, CancellationToken cancellationToken) =>
        ArchiveFile.WriteAsync(destination, archive => WriteAsync(image, destination, archive, options, cancellationToken), cancellationToken);

    private static async Task<WriteResult> WriteAsync(
        ContainerImage image,
        ImageLocation destination,
        ArchiveWriter archive,
        WriteOptions options,
        CancellationToken cancellationToken)
    {
        await archive.AddAsync(LayoutFiles.Marker, LayoutFiles.MarkerContents, cancellationToken).ConfigureAwait(false);
        var layers = new List<WrittenLayer>();
        foreach (var layer in image.WritableLayers)
        {
            await archive.AddAsync(
                async output =>
                {
                    var written = await layer.WriteToAsync(output, LayerProgress.Of(layer, options.Progress), cancellationToken).ConfigureAwait(false);
                    layers.Add(new WrittenLayer(written, Reused: false));
                    return LayoutFiles.BlobName(written.Blob.Digest);
                },
                cancellationToken).ConfigureAwait(false);
        }

        var manifest = image.GetManifest();
        await archive.AddAsync(LayoutFiles.BlobName(manifest.ConfigDescriptor.Digest), manifest.Config, cancellationToken).ConfigureAwait(false);
        await archive.AddAsync(LayoutFiles.BlobName(manifest.Descriptor.Digest), manifest.Manifest, cancellationToken).ConfigureAwait(false);
        var index = LayoutFiles.WriteIndex(null, manifest.Descriptor, destination.Reference);
        await archive.AddAsync(LayoutFiles.Index, index, cancellationToken).ConfigureAwait(false);
        return new WriteResult
        {
            ManifestDigest = manifest.Descriptor.Digest,
            ConfigDigest = manifest.ConfigDescriptor.Digest,
            Layers = layers,
        };
    }
}
