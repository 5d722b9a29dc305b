using NixSharp.Files;
using NixSharp.Images.Oci;
using NixSharp.Images.Tar;

namespace NixSharp.Images.Layouts;

/// <summary>
/// Writes an archive as <see cref="DockerArchive"/> does, to where nothing can be filled in behind: sizes have to be known
/// before. A blob that lies somewhere has one; of a layer that is made here, the size is found by making it once for nobody.
/// </summary>
internal sealed class DockerStream
{
    private readonly IReadOnlyList<Member> _layers;
    private readonly ReadOnlyMemory<byte> _config;

    private DockerStream(IReadOnlyList<Member> layers, ReadOnlyMemory<byte> config)
    {
        _layers = layers;
        _config = config;
        ImageId = OciDigest.Compute(config.Span);
    }

    /// <summary>The digest of the configuration.</summary>
    public OciDigest ImageId { get; }

    /// <summary>What is written, a layer as it is in the archive.</summary>
    public WriteResult Result => new()
    {
        ConfigDigest = ImageId,
        Layers = [.. _layers.Select(static layer => new WrittenLayer(
            layer.IsBlob ? layer.Layer.Descriptor!.Value : new LayerDescriptor(new OciDescriptor(OciMediaTypes.Layer, layer.DiffId, layer.Size), layer.DiffId),
            Reused: false))],
    };

    private string ConfigName => $"{ImageId.Hex}.json";

    public static async Task<DockerStream> PrepareAsync(ContainerImage image, CancellationToken cancellationToken)
    {
        var layers = new List<Member>();
        foreach (var layer in image.WritableLayers)
        {
            layers.Add(await MeasureAsync(layer, cancellationToken).ConfigureAwait(false));
        }

        return new DockerStream(layers, image.GetConfig([.. layers.Select(static layer => layer.DiffId)]));
    }

    /// <summary>The size of the archive with these names in it.</summary>
    public long SizeOf(IReadOnlyList<string> names) =>
        Distinct().Select(static layer => layer.Size).Append(_config.Length).Append(Manifest(names).Length).Sum(ForwardArchive.SizeOf) + (2 * TarHeader.BlockSize);

    public async Task WriteToAsync(Stream output, IReadOnlyList<string> names, IProgress<NixProgress>? progress, CancellationToken cancellationToken)
    {
        var archive = new ForwardArchive(output);
        foreach (var layer in Distinct())
        {
            await archive.AddAsync(
                DockerArchive.LayerName(layer.DiffId),
                layer.Size,
                stream => layer.WriteToAsync(stream, progress, cancellationToken),
                cancellationToken).ConfigureAwait(false);
        }

        await archive.AddAsync(ConfigName, _config, cancellationToken).ConfigureAwait(false);
        await archive.AddAsync(DockerArchive.ManifestName, Manifest(names), cancellationToken).ConfigureAwait(false);
        await archive.FinishAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Member> MeasureAsync(IWritableLayer layer, CancellationToken cancellationToken)
    {
        if (layer is not TarLayer && layer.Descriptor is { Blob: { MediaType: OciMediaTypes.Layer or OciMediaTypes.LayerGzip or OciMediaTypes.DockerLayer or OciMediaTypes.DockerLayerGzip } blob } known)
        {
            return new Member(layer, known.DiffId, blob.Size, IsBlob: true);
        }

        var counter = new CountingStream(Stream.Null);
        await using (counter.ConfigureAwait(false))
        {
            var diffId = await layer.WriteTarToAsync(counter, null, cancellationToken).ConfigureAwait(false);
            return new Member(layer, diffId, counter.Count, IsBlob: false);
        }
    }

    private IEnumerable<Member> Distinct() => _layers.DistinctBy(static layer => layer.DiffId);

    private byte[] Manifest(IReadOnlyList<string> names) =>
        DockerArchive.WriteManifest(ConfigName, names, _layers.Select(static layer => layer.DiffId));

    private sealed record Member(IWritableLayer Layer, OciDigest DiffId, long Size, bool IsBlob)
    {
        public async Task WriteToAsync(Stream output, IProgress<NixProgress>? progress, CancellationToken cancellationToken)
        {
            var report = LayerProgress.Of(Layer, progress);
            var counter = new CountingStream(output);
            await using (counter.ConfigureAwait(false))
            {
                var diffId = IsBlob
                    ? (await Layer.WriteToAsync(counter, report, cancellationToken).ConfigureAwait(false)).DiffId
                    : await Layer.WriteTarToAsync(counter, report, cancellationToken).ConfigureAwait(false);
                if (diffId != DiffId || counter.Count != Size)
                {
                    throw new ImageException(
                        NixErrorCodes.LayerChanged,
                        $"The layer of {Layer.Name} came out as {diffId} with {counter.Count} bytes, after {DiffId} with {Size} bytes a moment ago: a store path was changed. Verify the store, and try again.");
                }
            }
        }
    }
}
