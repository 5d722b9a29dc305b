using NixSharp.Images.Oci;
using NixSharp.Images.Tar;

namespace NixSharp.Images.Layouts;

/// <summary>Writes a tar archive of an OCI image layout with one image or index, without making the layout first.</summary>
internal static class OciArchive
{
    public static Task<WriteResult> WriteAsync(ContainerImage image, ImageLocation destination, WriteOptions options, CancellationToken cancellationToken) =>
        ArchiveFile.WriteAsync(
            destination,
            async archive =>
            {
                await archive.AddAsync(LayoutFiles.Marker, LayoutFiles.MarkerContents, cancellationToken).ConfigureAwait(false);
                var (manifest, result) = await WriteImageAsync(image, archive, options, cancellationToken).ConfigureAwait(false);
                await archive.AddAsync(LayoutFiles.Index, LayoutFiles.WriteIndex(null, manifest, destination.Reference), cancellationToken).ConfigureAwait(false);
                return result;
            },
            cancellationToken);

    public static Task<IndexWriteResult> WriteAsync(ImageIndex images, ImageLocation destination, WriteOptions options, CancellationToken cancellationToken) =>
        ArchiveFile.WriteAsync(
            destination,
            async archive =>
            {
                await archive.AddAsync(LayoutFiles.Marker, LayoutFiles.MarkerContents, cancellationToken).ConfigureAwait(false);
                var results = new List<WriteResult>();
                var manifests = new List<OciDescriptor>();
                foreach (var image in images.Images)
                {
                    var (manifest, result) = await WriteImageAsync(image, archive, options, cancellationToken).ConfigureAwait(false);
                    manifests.Add(manifest);
                    results.Add(result);
                }

                var (descriptor, contents) = images.Write(manifests);
                await archive.AddAsync(LayoutFiles.BlobName(descriptor.Digest), contents, cancellationToken).ConfigureAwait(false);
                await archive.AddAsync(LayoutFiles.Index, LayoutFiles.WriteIndex(null, descriptor, destination.Reference), cancellationToken).ConfigureAwait(false);
                return new IndexWriteResult { Digest = descriptor.Digest, Images = results };
            },
            cancellationToken);

    private static async Task<(OciDescriptor Manifest, WriteResult Result)> WriteImageAsync(ContainerImage image, ArchiveWriter archive, WriteOptions options, CancellationToken cancellationToken)
    {
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
        return (manifest.Descriptor, new WriteResult
        {
            ManifestDigest = manifest.Descriptor.Digest,
            ConfigDigest = manifest.ConfigDescriptor.Digest,
            Layers = layers,
        });
    }
}
