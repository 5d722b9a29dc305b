using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using NixSharp.Compression;
using NixSharp.Files;
using NixSharp.Images.Oci;

namespace NixSharp.Images.Layouts;

/// <summary>A layer that lies in an OCI layout: copied as it is, its digest checked on the way.</summary>
internal sealed class BlobLayer : IWritableLayer
{
    private const int BufferSize = 256 * 1024;

    private readonly ImageFiles _files;
    private readonly LayerDescriptor _descriptor;

    public BlobLayer(ImageFiles files, LayerDescriptor descriptor)
    {
        _files = files;
        _descriptor = descriptor;
    }

    public string Name => _descriptor.Blob.Digest.ToString();

    public LayerDescriptor? Descriptor => _descriptor;

    public long EstimatedSize => _descriptor.Blob.Size;

    public Task<LayerDescriptor> WriteToAsync(Stream destination, CancellationToken cancellationToken = default) =>
        WriteToAsync(destination, null, cancellationToken);

    public async Task<LayerDescriptor> WriteToAsync(Stream destination, Action<long>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var source = OpenBlob();
        await using (source.ConfigureAwait(false))
        {
            var digest = await CopyAsync(source, destination, progress, cancellationToken).ConfigureAwait(false);
            Check(digest, _descriptor.Blob.Digest);
            return _descriptor;
        }
    }

    public async Task<OciDigest> WriteTarToAsync(Stream destination, Action<long>? progress, CancellationToken cancellationToken)
    {
        var source = Unpack(OpenBlob());
        await using (source.ConfigureAwait(false))
        {
            // What is written is checked by its own digest; the packed bytes need not be.
            var digest = await CopyAsync(source, destination, progress, cancellationToken).ConfigureAwait(false);
            Check(digest, _descriptor.DiffId);
            return digest;
        }
    }

    private Stream Unpack(Stream blob)
    {
        var mediaType = _descriptor.Blob.MediaType;
        if (mediaType.EndsWith("gzip", StringComparison.Ordinal))
        {
            return new GZipStream(blob, CompressionMode.Decompress);
        }

        if (mediaType.EndsWith("zstd", StringComparison.Ordinal))
        {
            return NarCompression.Zstd.OpenRead(blob);
        }

        if (mediaType.EndsWith("tar", StringComparison.Ordinal))
        {
            return blob;
        }

        blob.Dispose();
        throw new ImageException(NixErrorCodes.UnsupportedImage, $"The layer {Name} has the media type '{mediaType}', which cannot be unpacked here. Write the image to an OCI layout instead, or convert it with skopeo.");
    }

    private Stream OpenBlob()
    {
        var name = LayoutFiles.BlobName(_descriptor.Blob.Digest);
        try
        {
            var stream = _files.TryOpen(name, out var size) ?? throw _files.Damaged($"it has no file '{name}'");
            if (size != _descriptor.Blob.Size)
            {
                stream.Dispose();
                throw _files.Damaged($"its file '{name}' has {size} bytes, not {_descriptor.Blob.Size}");
            }

            return stream;
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw Unreadable(error);
        }
    }

    private async Task<OciDigest> CopyAsync(Stream source, Stream destination, Action<long>? progress, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var done = 0L;
            while (await ReadAsync(source, buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
            {
                var write = destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                hash.AppendData(buffer, 0, read);
                await write.ConfigureAwait(false);
                done += read;
                progress?.Invoke(done);
            }

            return OciDigest.FromBytes(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<int> ReadAsync(Stream source, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await source.ReadAsync(buffer.AsMemory(0, BufferSize), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error) || error is InvalidDataException)
        {
            throw Unreadable(error);
        }
    }

    private ImageException Unreadable(Exception error) =>
        new(NixErrorCodes.ImageUnreadable, $"The layer {Name} of {_files.Location} cannot be read: {error.Message}", error);

    private void Check(OciDigest actual, OciDigest expected)
    {
        if (actual != expected)
        {
            throw new ImageException(NixErrorCodes.BlobDigestMismatch, $"The layer {Name} of {_files.Location} has the digest {actual}, not {expected}. It is damaged: make the image again.");
        }
    }
}
