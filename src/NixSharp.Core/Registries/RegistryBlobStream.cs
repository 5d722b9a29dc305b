using System.Net;
using NixSharp.Files;
using NixSharp.Images.Oci;

namespace NixSharp.Registries;

/// <summary>
/// Reads a blob, and goes on where it was when a connection breaks. It has exactly the size that was promised, or an
/// error; its digest is for the reader to check. Nothing is asked for before the first byte is wanted.
/// </summary>
internal sealed class RegistryBlobStream(RegistryTransport transport, RegistryRequest request, OciDescriptor blob) : ReadOnlyStream
{
    private HttpResponseMessage? _response;
    private Stream? _body;
    private long _position;
    private bool _isAtEnd;

    public override long Length => blob.Size;

    public override int Read(Span<byte> buffer)
    {
        var copy = new byte[buffer.Length];
        var count = ReadAsync(copy).AsTask().GetAwaiter().GetResult();
        copy.AsSpan(0, count).CopyTo(buffer);
        return count;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_isAtEnd || buffer.IsEmpty)
        {
            return 0;
        }

        return await transport.Retry.ExecuteAsync(async token => await ReadOnceAsync(buffer, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Disconnect();
        }

        base.Dispose(disposing);
    }

    private async Task<int> ReadOnceAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            _body ??= await OpenAsync(cancellationToken).ConfigureAwait(false);
            var left = blob.Size - _position;
            var piece = left == 0 ? new byte[1] : left < buffer.Length ? buffer[..(int)left] : buffer;
            var count = await RegistryAnswer.ReadPieceAsync(_response!, _body, piece, cancellationToken).ConfigureAwait(false);
            if (left == 0)
            {
                _isAtEnd = count == 0 ? true : throw RegistryAnswer.TooLarge(_response!, blob.Size);
                return 0;
            }

            _position += count > 0 ? count : throw RegistryAnswer.BrokeOff(_response!, $"{left} of {blob.Size} bytes are missing", null);
            return count;
        }
        catch
        {
            Disconnect();
            throw;
        }
    }

    private async Task<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        _response = await transport.SendOnceAsync(request with { Offset = _position }, cancellationToken).ConfigureAwait(false);
        var isPart = _response.StatusCode == HttpStatusCode.PartialContent;
        var start = isPart ? _response.Content.Headers.ContentRange?.From : 0;
        if (isPart && start != _position)
        {
            throw RegistryAnswer.Malformed(_response, $"the bytes from {_position} on were asked for, and those from {start} on came");
        }

        if (_response.Content.Headers.ContentLength is { } length && length != blob.Size - start)
        {
            throw RegistryAnswer.Malformed(_response, $"its body has {length} bytes, and {blob.Size - start} were expected");
        }

        var body = await _response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        if (!isPart)
        {
            await SkipAsync(body, _position, cancellationToken).ConfigureAwait(false);
        }

        return body;
    }

    // Some servers know no ranges, and send everything again.
    private async Task SkipAsync(Stream body, long count, CancellationToken cancellationToken)
    {
        var buffer = new byte[Math.Min(count, 128 * 1024)];
        while (count > 0)
        {
            var read = await RegistryAnswer.ReadPieceAsync(_response!, body, buffer.AsMemory(0, (int)Math.Min(count, buffer.Length)), cancellationToken).ConfigureAwait(false);
            count -= read > 0 ? read : throw RegistryAnswer.BrokeOff(_response!, "it is shorter than before", null);
        }
    }

    private void Disconnect()
    {
        _body?.Dispose();
        _response?.Dispose();
        (_body, _response) = (null, null);
    }
}
