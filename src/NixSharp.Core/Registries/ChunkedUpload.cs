using System.Net;
using NixSharp.Files;

namespace NixSharp.Registries;

/// <summary>
/// Sends what is written in chunks, each of which is in memory until the registry has it: a connection that breaks
/// costs that chunk, and the writer notices nothing.
/// </summary>
internal sealed class ChunkedUpload(RegistryTransport transport, UploadSession session, int chunkSize, Action<long>? onSent) : WriteOnlyStream
{
    private readonly byte[] _chunk = new byte[chunkSize];
    private int _count;
    private long _sent;

    public override void Write(ReadOnlySpan<byte> buffer) => WriteAsync(buffer.ToArray()).AsTask().GetAwaiter().GetResult();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            if (_count == _chunk.Length)
            {
                await SendAsync(cancellationToken).ConfigureAwait(false);
            }

            var count = Math.Min(buffer.Length, _chunk.Length - _count);
            buffer[..count].CopyTo(_chunk.AsMemory(_count));
            _count += count;
            buffer = buffer[count..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Says how many bytes the registry has, which will not be written.</summary>
    public void StartAt(long offset) => _sent = offset;

    /// <summary>Sends what is left.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (_count > 0)
        {
            await SendAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        var isRepeated = false;
        await transport.Retry.ExecuteAsync(
            async token =>
            {
                if (isRepeated)
                {
                    await CatchUpAsync(token).ConfigureAwait(false);
                }

                isRepeated = true;
                var done = (int)(session.Offset - _sent);
                if (done < _count)
                {
                    var rest = _chunk.AsMemory(done, _count - done);
                    await SendAsync(rest, token).ConfigureAwait(false);
                }
            },
            cancellationToken).ConfigureAwait(false);
        _sent += _count;
        _count = 0;
    }

    private async Task SendAsync(ReadOnlyMemory<byte> rest, CancellationToken cancellationToken)
    {
        try
        {
            await session.SendAsync(() => RegistryContent.From(BlobUpload.BlobType, rest, onSent), rest.Length, () => _sent + _count, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryException exception) when (BlobUpload.IsBehind(exception))
        {
            throw BlobUpload.Again(exception);
        }
    }

    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        if (!await session.TryRefreshAsync(cancellationToken).ConfigureAwait(false) || session.Offset < _sent || session.Offset > _sent + _count)
        {
            throw new RegistryException(
                NixErrorCodes.RegistryUnreachable,
                $"The registry no longer knows the upload at {RegistryAnswer.Show(session.Location)} as it was. Push again.")
            {
                RequestUri = RegistryAnswer.Show(session.Location),
                Status = HttpStatusCode.NotFound,
            };
        }
    }
}
