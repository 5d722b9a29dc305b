using System.Runtime.CompilerServices;
using NixSharp.Compression;
using NixSharp.Files;
using NixSharp.Images.Oci;

namespace NixSharp.Images;

/// <summary>A layer that is made here: a tar archive, compressed and digested in the pass that writes it.</summary>
public abstract class TarLayer : IImageLayer, IWritableLayer
{
    private readonly LayerCompression _compression;
    private readonly LayerCache? _cache;
    private volatile StrongBox<LayerDescriptor>? _descriptor;
    private protected volatile StrongBox<OciDigest>? _diffId;

    private protected TarLayer(LayerCompression compression, LayerCache? cache, string? identity)
    {
        _compression = compression;
        Identity = identity;
        _cache = identity is null ? null : cache;
        if (_cache?.Find(identity!) is { } known && known.Blob.MediaType == compression.MediaType)
        {
            Remember(known);
        }
    }

    /// <summary>
    /// Everything that the layer's bytes depend on, digested (hexadecimal SHA-256); known before the layer is made.
    /// Null where that takes reading what is in the layer.
    /// </summary>
    public string? Identity { get; }

    /// <summary>What the layer holds, for progress and messages.</summary>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public LayerDescriptor? Descriptor => _descriptor?.Value;

    /// <inheritdoc/>
    public abstract long EstimatedSize { get; }

    /// <summary>The digest that the tar archive has to have; null where nobody said.</summary>
    private protected virtual OciDigest? ExpectedDiffId => null;

    /// <inheritdoc/>
    /// <exception cref="NixException">A file cannot be read, or the layer is not what it was known to be.</exception>
    public Task<LayerDescriptor> WriteToAsync(Stream destination, CancellationToken cancellationToken = default) =>
        WriteLayerAsync(destination, null, cancellationToken);

    /// <inheritdoc/>
    Task<LayerDescriptor> IWritableLayer.WriteToAsync(Stream destination, Action<long>? progress, CancellationToken cancellationToken) =>
        WriteLayerAsync(destination, progress, cancellationToken);

    /// <inheritdoc/>
    async Task<OciDigest> IWritableLayer.WriteTarToAsync(Stream destination, Action<long>? progress, CancellationToken cancellationToken)
    {
        var written = await RunAsync(destination, null, progress, cancellationToken).ConfigureAwait(false);
        return OciDigest.FromBytes(written.InputDigest);
    }

    /// <summary>Writes the tar archive; runs on a thread of its own.</summary>
    private protected abstract void WriteTar(BlockStream output, CancellationToken cancellationToken);

    private async Task<LayerDescriptor> WriteLayerAsync(Stream destination, Action<long>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var written = await RunAsync(destination, _compression.Codec, progress, cancellationToken).ConfigureAwait(false);
        var blob = new OciDescriptor(_compression.MediaType, OciDigest.FromBytes(written.OutputDigest), written.OutputSize);
        var descriptor = new LayerDescriptor(blob, OciDigest.FromBytes(written.InputDigest));
        if (Descriptor is { } known && known != descriptor)
        {
            throw Changed(known.Blob.Digest, blob.Digest);
        }

        if (Descriptor is null)
        {
            Remember(descriptor);
            _cache?.TryStore(Identity!, descriptor);
        }

        return descriptor;
    }

    private async Task<BlockResult> RunAsync(Stream destination, GzipCodec? codec, Action<long>? progress, CancellationToken cancellationToken)
    {
        var written = await BlockPipeline.RunAsync(Produce, codec, destination, progress, cancellationToken).ConfigureAwait(false);
        var diffId = OciDigest.FromBytes(written.InputDigest);
        if (ExpectedDiffId is { } expected && diffId != expected)
        {
            throw new ImageException(
                NixErrorCodes.BlobDigestMismatch,
                $"{Name} has the digest {diffId}, not {expected} as the image's configuration says. It is damaged: make the image again.");
        }

        if (_diffId is { Value: var known } && known != diffId)
        {
            throw Changed(known, diffId);
        }

        _diffId = new(diffId);
        return written;
    }

    private void Produce(BlockStream output, CancellationToken cancellationToken)
    {
        try
        {
            WriteTar(output, cancellationToken);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error) || error is InvalidDataException)
        {
            // The output is memory, so whatever failed was being read.
            throw new ImageException(NixErrorCodes.ImageUnreadable, $"{Name} cannot be read: {error.Message}", error);
        }
    }

    private void Remember(LayerDescriptor descriptor)
    {
        _diffId = new(descriptor.DiffId);
        _descriptor = new(descriptor);
    }

    private ImageException Changed(OciDigest known, OciDigest actual)
    {
        _cache?.TryRemove(Identity!);
        return new ImageException(
            NixErrorCodes.LayerChanged,
            $"The layer of {Name} came out as {actual}, but was known as {known}: a store path was changed, or the layer cache was wrong. " +
            "The cache has forgotten it now; verify the store with 'nix-store --verify --check-contents', and try again.");
    }
}
