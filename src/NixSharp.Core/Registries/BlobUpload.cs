using System.Net;
using NixSharp.Images.Oci;

namespace NixSharp.Registries;

/// <summary>
/// The upload of one blob, in as many attempts as it takes: in one request where its digest is known before, else its
/// bytes first and the digest that they turned out to have after. An attempt goes on where the one before it broke
/// off, if the registry kept that.
/// </summary>
internal sealed class BlobUpload(
    RegistryTransport transport,
    string repository,
    Uri uploads,
    long? chunkSize,
    Func<Stream, CancellationToken, Task<OciDescriptor>> write,
    Action<long>? onSent)
{
    public const string BlobType = "application/octet-stream";

    // Less is sent again sooner than the registry is asked about it.
    private const long WorthAsking = 1 << 20;

    // For what stands before a registry and takes no large bodies.
    private const long ChunkSizeForLimits = 32 << 20;
    private const long MaxChunkSize = 256 << 20;

    private long? _chunkSize = chunkSize;
    private long _sentInAttempt;
    private bool _isDoubtful;

    /// <summary>The session that is open, if one is.</summary>
    public UploadSession? Session { get; set; }

    /// <summary>What the blob is, once that is known.</summary>
    public OciDescriptor? Known { get; set; }

    /// <summary>Makes one attempt.</summary>
    public async Task<OciDescriptor> TryAsync(CancellationToken cancellationToken)
    {
        await RenewAsync(cancellationToken).ConfigureAwait(false);
        _sentInAttempt = 0;
        try
        {
            var made = await SendAsync(Session!, cancellationToken).ConfigureAwait(false);
            Session = null;
            return made;
        }
        catch (RegistryException exception) when (exception.Status is HttpStatusCode.NotFound or HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // The session is lost, not the cause: a new one may do.
            Session = IsBehind(exception) ? Session : await DropAsync().ConfigureAwait(false);
            (_isDoubtful, _sentInAttempt) = (true, WorthAsking);
            throw Again(exception);
        }
        catch (RegistryException exception) when (exception.Status == HttpStatusCode.RequestEntityTooLarge && _chunkSize is null)
        {
            _chunkSize = ChunkSizeForLimits;
            Session = await DropAsync().ConfigureAwait(false);
            throw Again(exception);
        }
        catch
        {
            _isDoubtful = true;
            throw;
        }
    }

    /// <summary>Gives the session back, if one is open.</summary>
    public async Task AbandonAsync() => Session = await DropAsync().ConfigureAwait(false);

    /// <summary>Whether the registry wants other bytes of the blob than it got.</summary>
    public static bool IsBehind(RegistryException exception) =>
        exception.Status == HttpStatusCode.RequestedRangeNotSatisfiable && exception.Code != NixErrorCodes.RegistryAnswerMalformed;

    /// <summary>The same error, after which another attempt is worth while.</summary>
    public static RegistryException Again(RegistryException exception) => new(exception.Code, exception.Message, exception)
    {
        Method = exception.Method,
        RequestUri = exception.RequestUri,
        Status = exception.Status,
        Errors = exception.Errors,
        IsTransient = true,
    };

    private static RegistryException NotMade(string why, Exception? inner) => new(
        NixErrorCodes.LayerNotPushed,
        $"A layer could not be made while it was pushed: {why}. Check that what it is made from is there and does not change.",
        inner);

    private static bool IsFromNetwork(Stream stream) => stream is BufferedStream { UnderlyingStream: SentStream { IsBroken: true } };

    private async Task<UploadSession?> DropAsync()
    {
        if (Session is not null)
        {
            await Session.AbandonAsync().ConfigureAwait(false);
        }

        return null;
    }

    /// <summary>Opens a session, or finds out what became of the one that is open.</summary>
    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        var isWorthKeeping = !_isDoubtful || (_sentInAttempt >= WorthAsking && Session is not null && await Session.TryRefreshAsync(cancellationToken).ConfigureAwait(false));
        if (!isWorthKeeping || Session?.Offset > Known?.Size)
        {
            Session = await DropAsync().ConfigureAwait(false);
        }

        _isDoubtful = false;
        Session ??= await UploadSession.OpenAsync(transport, repository, uploads, null, cancellationToken).ConfigureAwait(false);
    }

    private async Task<OciDescriptor> SendAsync(UploadSession session, CancellationToken cancellationToken)
    {
        if (_chunkSize is { } size && !(Known?.Size <= size))
        {
            return await SendChunksAsync(session, Math.Max(size, session.MinimalChunk), cancellationToken).ConfigureAwait(false);
        }

        if (Known is { } known && session.Offset == 0)
        {
            await session.FinishAsync(known.Digest.ToString(), () => Content(known, 0), cancellationToken).ConfigureAwait(false);
            return known;
        }

        var start = session.Offset;
        var rest = Known?.Size - start;
        if (rest is not 0)
        {
            await session.SendAsync(() => Content(Known, start), start > 0 ? rest : null, () => Known!.Value.Size, cancellationToken).ConfigureAwait(false);
        }

        await session.FinishAsync(Known!.Value.Digest.ToString(), null, cancellationToken).ConfigureAwait(false);
        return Known.Value;
    }

    private async Task<OciDescriptor> SendChunksAsync(UploadSession session, long size, CancellationToken cancellationToken)
    {
        size = Known is { } known ? Math.Max(1, Math.Min(size, known.Size)) : size;
        if (size > MaxChunkSize)
        {
            throw new RegistryException(NixErrorCodes.RegistryAnswerMalformed, $"{uploads.Authority} wants chunks of {size} bytes, and {MaxChunkSize} is the most that is sent at once. Leave the size of chunks out.");
        }

        var chunks = new ChunkedUpload(transport, session, (int)size, Count);
        await using (chunks.ConfigureAwait(false))
        {
            // What the registry has of an earlier attempt need not be sent again.
            var start = session.Offset;
            chunks.StartAt(start);
            Known = Check(Known, await WriteAsync(start > 0 ? new SkippingStream(chunks, start) : chunks, chunks, cancellationToken).ConfigureAwait(false));
            await chunks.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }

        await session.FinishAsync(Known.Value.Digest.ToString(), null, cancellationToken).ConfigureAwait(false);
        return Known.Value;
    }

    private RegistryContent Content(OciDescriptor? known, long start) => new(
        BlobType,
        known?.Size - start,
        async (stream, token) => Known = Check(known, await WriteAsync(start > 0 ? new SkippingStream(stream, start) : stream, stream, token).ConfigureAwait(false)),
        Count);

    private static OciDescriptor Check(OciDescriptor? known, OciDescriptor made) =>
        known is not { } wanted || (made.Digest == wanted.Digest && made.Size == wanted.Size)
            ? made
            : throw NotMade($"it came out as {made.Digest} this time, and it was {wanted.Digest}", null);

    private async Task<OciDescriptor> WriteAsync(Stream stream, Stream target, CancellationToken cancellationToken)
    {
        try
        {
            return await write(stream, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not (NixException or OperationCanceledException or HttpRequestException) && !IsFromNetwork(target))
        {
            throw NotMade(exception.Message.TrimEnd('.'), exception);
        }
    }

    private void Count(long count)
    {
        _sentInAttempt += count;
        onSent?.Invoke(count);
    }
}
