using NixSharp.Images.Tar;

namespace NixSharp.Images.Layouts;

/// <summary>
/// Writes an archive as <see cref="OciArchive"/> does, to where nothing can be filled in behind: a layer that is not known
/// is made once for nobody, to learn its digest and size.
/// </summary>
internal static class OciStream
{
    public static async Task<WriteResult> WriteAsync(ContainerImage image, Stream output, string? reference, WriteOptions options, CancellationToken cancellationToken)
    {
        var layers = new List<(IWritableLayer Layer, LayerDescriptor Descriptor)>();
        foreach (var layer in image.WritableLayers)
        {
            layers.Add((layer, layer.Descriptor ?? await layer.WriteToAsync(Stream.Null, cancellationToken).ConfigureAwait(false)));
        }

        var manifest = image.GetManifest();
        var archive = new ForwardArchive(output);
        await archive.AddAsync(LayoutFiles.Marker, LayoutFiles.MarkerContents, cancellationToken).ConfigureAwait(false);
        foreach (var (layer, descriptor) in layers.DistinctBy(static layer => layer.Descriptor.Blob.Digest))
        {
            await archive.AddAsync(
                LayoutFiles.BlobName(descriptor.Blob.Digest),
                descriptor.Blob.Size,
                stream => layer.WriteToAsync(stream, LayerProgress.Of(layer, options.Progress), cancellationToken),
                cancellationToken).ConfigureAwait(false);
        }

        await archive.AddAsync(LayoutFiles.BlobName(manifest.ConfigDescriptor.Digest), manifest.Config, cancellationToken).ConfigureAwait(false);
        await archive.AddAsync(LayoutFiles.BlobName(manifest.Descriptor.Digest), manifest.Manifest, cancellationToken).ConfigureAwait(false);
        await archive.AddAsync(LayoutFiles.Index, LayoutFiles.WriteIndex(null, manifest.Descriptor, reference), cancellationToken).ConfigureAwait(false);
        await archive.FinishAsync(cancellationToken).ConfigureAwait(false);
        return new WriteResult
        {
            ManifestDigest = manifest.Descriptor.Digest,
            ConfigDigest = manifest.ConfigDescriptor.Digest,
            Layers = [.. layers.Select(static layer => new WrittenLayer(layer.Descriptor, Reused: false))],
        };
    }
}
