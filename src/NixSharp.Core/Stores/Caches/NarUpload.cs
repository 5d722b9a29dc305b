using System.Buffers;
using System.IO.Pipelines;
using Newtonsoft.Json.Linq;
using NixSharp.Compression;
using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.Nar;

namespace NixSharp.Stores.Caches;

/// <summary>A NAR on its way into a cache: hashed, compressed, hashed again and stored in one pass.</summary>
internal sealed class NarUpload : WriteOnlyStream
{
    private readonly CacheUpload _file;
    private readonly NarDigestStream _digest;
    private readonly HashingStream? _compressed;
    private readonly Stream _target;
    private readonly NarCompression _compression;
    private readonly Pipe? _listingPipe;
    private readonly Task<JObject>? _listing;

    public NarUpload(CacheUpload file, CacheSettings settings, long? size, CancellationToken cancellationToken)
    {
        _file = file;
        _compression = settings.Compression;
        _digest = new NarDigestStream(size);

        // Uncompressed, the file's hash is the NAR's.
        _compressed = _compression == NarCompression.None ? null : new HashingStream(file);
        _target = _compressed is null ? file : _compression.OpenWrite(_compressed, settings.CompressionOptions, leaveOpen: true);
        if (settings.WriteListings)
        {
            _listingPipe = new Pipe(new PipeOptions(useSynchronizationContext: false));
            _listing = Task.Run(() => ListAsync(_listingPipe.Reader, cancellationToken), CancellationToken.None);
        }
    }

    /// <summary>The bytes of the NAR so far.</summary>
    public long NarSize => _digest.Size;

    /// <summary>Whether more bytes came than were announced; what comes then is not stored.</summary>
    public bool IsTooLarge => _digest.IsTooLarge;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _digest.Write(buffer);
        if (IsTooLarge)
        {
            throw new InvalidDataException("There are more bytes than were announced.");
        }

        _target.Write(buffer);
        if (_listingPipe is not null)
        {
            // A listing that fails, because the bytes are no NAR, reads no more; why is told in the end.
            _listingPipe.Writer.Write(buffer);
            _listingPipe.Writer.FlushAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Nothing here waits for long, and a thread for each block would cost more than it.
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Ends the NAR. Its file still has no name.</summary>
    public async Task<NarUploadResult> CompleteAsync()
    {
        if (_compressed is not null)
        {
            await _target.DisposeAsync().ConfigureAwait(false);
        }

        var narHash = _digest.Complete();
        var (fileHash, fileSize) = _compressed is null ? (narHash, NarSize) : (_compressed.Hash, _compressed.Size);
        if (_listingPipe is not null)
        {
            await _listingPipe.Writer.CompleteAsync().ConfigureAwait(false);
        }

        return new NarUploadResult(narHash, NarSize, fileHash, fileSize)
        {
            Url = $"nar/{fileHash.ToDigestString(HashFormat.Nix32)}.nar{_compression.FileExtension}",
        };
    }

    /// <summary>What is in the NAR, which has to be complete; null where nobody asked.</summary>
    /// <exception cref="NixFormatException">The bytes are no NAR.</exception>
    public async Task<JObject?> GetListingAsync() => _listing is null ? null : await _listing.ConfigureAwait(false);

    /// <summary>Gives the file its name.</summary>
    public Task CommitAsync(NarUploadResult result, CancellationToken cancellationToken) =>
        _file.CommitAsync(result.Url, CacheFileType.Nar, result.FileHash.Digest.ToArray(), cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            EndListing();
            EndCompression();
            _digest.Dispose();
            _file.Dispose();
        }

        base.Dispose(disposing);
    }

    private void EndListing()
    {
        if (_listing is not null)
        {
            _listingPipe!.Writer.Complete(new OperationCanceledException());
            ((Task)_listing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        }
    }

    /// <summary>Where the NAR was not completed, this writes an end that nobody will read.</summary>
    private void EndCompression()
    {
        if (_compressed is not null)
        {
            try
            {
                _target.Dispose();
            }
            catch (NixException)
            {
                // The file goes away anyway.
            }

            _compressed.Dispose();
        }
    }

    private static async Task<JObject> ListAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        try
        {
            var buffered = new BufferedStream(reader.AsStream(leaveOpen: true), 64 * 1024);
            await using (buffered.ConfigureAwait(false))
            {
                return NarListing.Read(buffered, cancellationToken);
            }
        }
        finally
        {
            await reader.CompleteAsync().ConfigureAwait(false);
        }
    }
}
