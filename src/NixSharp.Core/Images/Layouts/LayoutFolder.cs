using Newtonsoft.Json.Linq;
using NixSharp.Files;
using NixSharp.Images.Oci;

namespace NixSharp.Images.Layouts;

/// <summary>Writes images into a folder in the OCI image layout.</summary>
internal sealed class LayoutFolder
{
    // One layer keeps two processors busy, unless it is small; then the next one does.
    private static readonly int LayersAtOnce = Math.Clamp(Environment.ProcessorCount, 1, 4);

    private readonly string _folder;
    private readonly string _blobs;

    private LayoutFolder(string folder)
    {
        _folder = folder;
        _blobs = Path.Combine(folder, "blobs", "sha256");
    }

    public static async Task<WriteResult> WriteAsync(ContainerImage image, ImageLocation destination, WriteOptions options, CancellationToken cancellationToken)
    {
        var layout = new LayoutFolder(Path.GetFullPath(destination.Path));
        var index = await layout.PrepareAsync(cancellationToken).ConfigureAwait(false);
        var (manifest, result) = await layout.WriteImageAsync(image, options, cancellationToken).ConfigureAwait(false);
        await layout.PlaceAsync(index, manifest, destination.Reference, cancellationToken).ConfigureAwait(false);
        return result;
    }

    public static async Task<IndexWriteResult> WriteAsync(ImageIndex images, ImageLocation destination, WriteOptions options, CancellationToken cancellationToken)
    {
        var layout = new LayoutFolder(Path.GetFullPath(destination.Path));
        var index = await layout.PrepareAsync(cancellationToken).ConfigureAwait(false);
        var results = new List<WriteResult>();
        var manifests = new List<OciDescriptor>();
        foreach (var image in images.Images)
        {
            var (manifest, result) = await layout.WriteImageAsync(image, options, cancellationToken).ConfigureAwait(false);
            manifests.Add(manifest);
            results.Add(result);
        }

        var (descriptor, contents) = images.Write(manifests);
        await layout.WriteBlobAsync(descriptor, contents, cancellationToken).ConfigureAwait(false);
        await layout.PlaceAsync(index, descriptor, destination.Reference, cancellationToken).ConfigureAwait(false);
        return new IndexWriteResult { Digest = descriptor.Digest, Images = results };
    }

    /// <summary>Writes blobs from elsewhere and the manifests that refer to them, of which the last gets the name.</summary>
    /// <param name="blobs">The blobs.</param>
    /// <param name="manifests">The manifests, none before what it refers to.</param>
    /// <param name="fetch">Gets a blob that is not there, and checks its digest.</param>
    /// <param name="atOnce">How many blobs are fetched at one time.</param>
    /// <param name="destination">The layout.</param>
    /// <param name="cancellationToken">Stops the writing; nothing gets the name.</param>
    /// <returns>The blobs that were fetched.</returns>
    public static async Task<IReadOnlyCollection<OciDescriptor>> WriteAsync(
        IReadOnlyList<OciDescriptor> blobs,
        IReadOnlyList<(OciDescriptor Descriptor, ReadOnlyMemory<byte> Contents)> manifests,
        Func<OciDescriptor, Stream, CancellationToken, Task> fetch,
        int atOnce,
        ImageLocation destination,
        CancellationToken cancellationToken)
    {
        var layout = new LayoutFolder(Path.GetFullPath(destination.Path));
        var index = await layout.PrepareAsync(cancellationToken).ConfigureAwait(false);
        var missing = blobs.Where(blob => !layout.IsThere(blob)).ToList();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(missing, parallel, (blob, stop) =>
            new ValueTask(layout.PlaceBlobAsync(blob, file => fetch(blob, file, stop)))).ConfigureAwait(false);
        foreach (var (descriptor, contents) in manifests)
        {
            await layout.WriteBlobAsync(descriptor, contents, cancellationToken).ConfigureAwait(false);
        }

        await layout.PlaceAsync(index, manifests[^1].Descriptor, destination.Reference, cancellationToken).ConfigureAwait(false);
        return missing;
    }

    private async Task<(OciDescriptor Manifest, WriteResult Result)> WriteImageAsync(ContainerImage image, WriteOptions options, CancellationToken cancellationToken)
    {
        var layers = await WriteLayersAsync(image, options, cancellationToken).ConfigureAwait(false);
        var manifest = image.GetManifest();
        await WriteBlobAsync(manifest.ConfigDescriptor, manifest.Config, cancellationToken).ConfigureAwait(false);
        await WriteBlobAsync(manifest.Descriptor, manifest.Manifest, cancellationToken).ConfigureAwait(false);
        return (manifest.Descriptor, new WriteResult
        {
            ManifestDigest = manifest.Descriptor.Digest,
            ConfigDigest = manifest.ConfigDescriptor.Digest,
            Layers = layers,
        });
    }

    private async Task PlaceAsync(JObject? index, OciDescriptor image, string? reference, CancellationToken cancellationToken)
    {
        AtomicFile.SyncFolder(_blobs);
        var contents = LayoutFiles.WriteIndex(index, image, reference);
        await AtomicFile.WriteAsync(Path.Combine(_folder, LayoutFiles.Index), contents, cancellationToken).ConfigureAwait(false);
    }

    private async Task<JObject?> PrepareAsync(CancellationToken cancellationToken)
    {
        JObject? index = null;
        var marker = Path.Combine(_folder, LayoutFiles.Marker);
        if (File.Exists(marker))
        {
            using var files = new FolderFiles(_folder);
            OciReader.CheckMarker(files);
            index = File.Exists(Path.Combine(_folder, LayoutFiles.Index)) ? OciReader.ReadIndex(files) : null;
        }
        else if (File.Exists(_folder) || (Directory.Exists(_folder) && Directory.EnumerateFileSystemEntries(_folder).Any()))
        {
            throw new ImageException(
                NixErrorCodes.ImageWriteFailed,
                $"The image cannot be written to {_folder}, because what is there is not an OCI layout: it has no file '{LayoutFiles.Marker}'. Give an empty folder, or a new one.");
        }

        Directory.CreateDirectory(_blobs);
        if (!File.Exists(marker))
        {
            await AtomicFile.WriteAsync(marker, LayoutFiles.MarkerContents, cancellationToken).ConfigureAwait(false);
        }

        return index;
    }

    private async Task<WrittenLayer[]> WriteLayersAsync(ContainerImage image, WriteOptions options, CancellationToken cancellationToken)
    {
        var layers = image.WritableLayers;
        var written = new WrittenLayer[layers.Count];
        var settings = new ParallelOptions { MaxDegreeOfParallelism = LayersAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, layers.Count, settings, async (index, stop) =>
            written[index] = await WriteLayerAsync(layers[index], options, stop).ConfigureAwait(false)).ConfigureAwait(false);
        return written;
    }

    private async Task<WrittenLayer> WriteLayerAsync(IWritableLayer layer, WriteOptions options, CancellationToken cancellationToken)
    {
        if (layer.Descriptor is { } known && IsThere(known.Blob))
        {
            return new WrittenLayer(known, Reused: true);
        }

        var file = new StagedFile(_folder);
        await using (file.ConfigureAwait(false))
        {
            var descriptor = await layer.WriteToAsync(file.Stream, LayerProgress.Of(layer, options.Progress), cancellationToken).ConfigureAwait(false);
            await file.PlaceAsync(PathOf(descriptor.Blob.Digest)).ConfigureAwait(false);
            return new WrittenLayer(descriptor, Reused: false);
        }
    }

    private async Task WriteBlobAsync(OciDescriptor blob, ReadOnlyMemory<byte> contents, CancellationToken cancellationToken)
    {
        if (!IsThere(blob))
        {
            await PlaceBlobAsync(blob, file => file.WriteAsync(contents, cancellationToken).AsTask()).ConfigureAwait(false);
        }
    }

    private async Task PlaceBlobAsync(OciDescriptor blob, Func<Stream, Task> write)
    {
        var file = new StagedFile(_folder);
        await using (file.ConfigureAwait(false))
        {
            await write(file.Stream).ConfigureAwait(false);
            await file.PlaceAsync(PathOf(blob.Digest)).ConfigureAwait(false);
        }
    }

    private string PathOf(OciDigest digest) => Path.Combine(_blobs, digest.Hex);

    private bool IsThere(OciDescriptor blob) => new FileInfo(PathOf(blob.Digest)) is { Exists: true, Length: var size } && size == blob.Size;
}
