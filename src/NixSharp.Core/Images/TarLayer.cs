using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using NixSharp.Compression;
using NixSharp.Files;
using NixSharp.Images.Oci;
using NixSharp.Images.Seekable;

namespace NixSharp.Images;

/// <summary>A layer that is made here: a tar archive, compressed and digested in the pass that writes it.</summary>
public abstract class TarLayer : IImageLayer, IWritableLayer
{
    private readonly LayerCache? _cache;
    private volatile StrongBox<LayerDescriptor>? _descriptor;

    /// <summary>The digest of what <see cref="WriteTar"/> writes, once it has.</summary>
    private volatile StrongBox<OciDigest>? _tarDigest;

    private protected TarLayer(LayerCompression compression, LayerCache? cache, string? identity)
    {
        Compression = compression;
        _cache = cache;
        Identity = identity;
        LookUp();
    }

    /// <summary>
    /// Everything that the layer's bytes depend on, digested (hexadecimal SHA-256); known before the layer is made.
    /// Null where that takes reading what is in the layer, as long as nobody has.
    /// </summary>
    public string? Identity { get; private set; }

    /// <summary>How the layer is compressed.</summary>
    public LayerCompression Compression { get; }

    /// <summary>What the layer holds, for progress and messages.</summary>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public LayerDescriptor? Descriptor => _descriptor?.Value;

    /// <inheritdoc/>
    public abstract long EstimatedSize { get; }

    /// <summary>The digest of the layer's tar archive, as far as it is known.</summary>
    internal OciDigest? DiffId => Descriptor?.DiffId ?? (Compression.HasTableInArchive ? null : ExpectedDiffId ?? _tarDigest?.Value);

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
        var written = await RunAsync(destination, null, null, progress, cancellationToken).ConfigureAwait(false);
        return OciDigest.FromBytes(written.InputDigest);
    }

    /// <summary>What another machine that makes the same layer can know it by in a manifest.</summary>
    internal AnnotationSet Annotate(LayerDescriptor descriptor, bool withContents) => new(
    [
        .. descriptor.Annotations,
        KeyValuePair.Create(LayerAnnotations.Identity, Identity ?? IdentityOf(_tarDigest?.Value ?? descriptor.DiffId, Compression)),
        KeyValuePair.Create(LayerAnnotations.DiffId, descriptor.DiffId.ToString()),
        .. withContents ? DescribeContents() : [],
    ]);

    /// <summary>The identity; where it is not known, the tar archive is made and digested for it, but not compressed.</summary>
    internal async Task<string> GetIdentityAsync(CancellationToken cancellationToken)
    {
        if (Identity is null)
        {
            Identity = await FindIdentityAsync(cancellationToken).ConfigureAwait(false);
            if (Identity is null)
            {
                await RunAsync(Stream.Null, null, null, null, cancellationToken).ConfigureAwait(false);
                Identity = IdentityOf(_tarDigest!.Value, Compression);
            }

            LookUp();
        }

        return Identity;
    }

    /// <summary>Whether nothing is known that speaks against a digest of the tar archive.</summary>
    internal bool MayBe(OciDigest diffId) => (DiffId ?? diffId) == diffId;

    /// <summary>An identity that is found with less work than making the tar archive takes; null where there is none.</summary>
    private protected virtual Task<string?> FindIdentityAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <summary>Told the digest of the tar archive, once it has been made for the first time.</summary>
    private protected virtual void OnMade(OciDigest diffId)
    {
    }

    /// <summary>What is in the layer, for its annotations.</summary>
    private protected virtual IEnumerable<KeyValuePair<string, string>> DescribeContents() => [];

    /// <summary>The identity of a layer whose tar archive is known.</summary>
    private protected static string IdentityOf(OciDigest diffId, LayerCompression compression) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"nixsharp archived layer 1\n{compression.Identity}\n{diffId}\n")));

    /// <summary>Writes the tar archive; runs on a thread of its own.</summary>
    private protected abstract void WriteTar(BlockStream output, CancellationToken cancellationToken);

    private async Task<LayerDescriptor> WriteLayerAsync(Stream destination, Action<long>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(destination);
        Identity ??= await FindIdentityAsync(cancellationToken).ConfigureAwait(false);
        if (Compression.IsSeekable && ExpectedDiffId is not null)
        {
            throw new ImageException(
                NixErrorCodes.InvalidImageOptions,
                $"{Name} cannot be compressed with '{Compression}', because it is kept as it is. Choose gzip or zstd.");
        }

        TarChunker? chunker = null;
        using var format = Compression.CreateSeekableFormat();
        var written = await RunAsync(
            destination,
            Compression.Codec,
            format is null ? null : emit => chunker = new TarChunker(format, emit),
            progress,
            cancellationToken).ConfigureAwait(false);
        var blob = new OciDescriptor(Compression.MediaType, OciDigest.FromBytes(written.OutputDigest), written.OutputSize);
        var descriptor = new LayerDescriptor(blob, OciDigest.FromBytes(written.InputDigest)) { Annotations = chunker?.Annotations ?? AnnotationSet.Empty };
        if (Descriptor is { } known && known != descriptor)
        {
            throw Changed(known.Blob.Digest, blob.Digest);
        }

        if (Descriptor is null)
        {
            Remember(descriptor);
            _cache?.TryStore(Identity ??= IdentityOf(_tarDigest!.Value, Compression), descriptor);
        }

        return descriptor;
    }

    private async Task<BlockResult> RunAsync(
        Stream destination,
        IBlockCodec? codec,
        Func<Func<PooledBlock, bool, Task<PooledBlock>>, TarChunker>? open,
        Action<long>? progress,
        CancellationToken cancellationToken)
    {
        TarChunker? chunker = null;
        var written = await BlockPipeline.RunAsync(Produce, codec, destination, progress, cancellationToken, open is null ? null : emit => chunker = open(emit)).ConfigureAwait(false);
        var tarDigest = OciDigest.FromBytes(chunker?.ArchiveDigest ?? written.InputDigest);
        if (ExpectedDiffId is { } expected && tarDigest != expected)
        {
            throw new ImageException(
                NixErrorCodes.BlobDigestMismatch,
                $"{Name} has the digest {tarDigest}, not {expected} as the image's configuration says. It is damaged: make the image again.");
        }

        if (_tarDigest is { Value: var known } && known != tarDigest)
        {
            throw Changed(known, tarDigest);
        }

        if (_tarDigest is null)
        {
            OnMade(tarDigest);
        }

        _tarDigest = new(tarDigest);
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

    private void LookUp()
    {
        if (Identity is { } identity && _cache?.Find(identity) is { } known && known.Blob.MediaType == Compression.MediaType)
        {
            Remember(known);
        }
    }

    private void Remember(LayerDescriptor descriptor)
    {
        _tarDigest = Compression.HasTableInArchive ? _tarDigest : new(descriptor.DiffId);
        _descriptor = new(descriptor);
    }

    private ImageException Changed(OciDigest known, OciDigest actual)
    {
        if (Identity is { } identity)
        {
            _cache?.TryRemove(identity);
        }

        return new ImageException(
            NixErrorCodes.LayerChanged,
            $"The layer of {Name} came out as {actual}, but was known as {known}: a store path was changed, or the layer cache was wrong. " +
            "The cache has forgotten it now; verify the store with 'nix-store --verify --check-contents', and try again.");
    }
}
