using System.Buffers;
using NixSharp.Files;

namespace NixSharp.Compression;

/// <summary>Compresses what is written to it; disposing it writes the end.</summary>
internal sealed class EncoderStream : WriteOnlyStream
{
    private const int BufferSize = 128 * 1024;

    private readonly Stream _destination;
    private readonly IEncoder _encoder;
    private readonly bool _leaveOpen;
    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private bool _hasFailed;

    public EncoderStream(Stream destination, IEncoder encoder, bool leaveOpen)
    {
        _destination = destination;
        _encoder = encoder;
        _leaveOpen = leaveOpen;
    }

    private byte[] Buffer => _buffer ?? throw new ObjectDisposedException(nameof(EncoderStream));

    public override void Write(ReadOnlySpan<byte> buffer) => Encode(buffer, isFinal: false);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await EncodeAsync(buffer, isFinal: false, cancellationToken).ConfigureAwait(false);

    public override void Flush() => _destination.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => _destination.FlushAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        if (_buffer is not null)
        {
            try
            {
                // After a failure the end would only make something damaged look whole.
                if (!_hasFailed)
                {
                    await EncodeAsync(default, isFinal: true, CancellationToken.None).ConfigureAwait(false);
                }
            }
            finally
            {
                Release();
                if (!_leaveOpen)
                {
                    await _destination.DisposeAsync().ConfigureAwait(false);
                }
            }
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _buffer is not null)
        {
            try
            {
                if (!_hasFailed)
                {
                    Encode(default, isFinal: true);
                }
            }
            finally
            {
                Release();
                if (!_leaveOpen)
                {
                    _destination.Dispose();
                }
            }
        }

        base.Dispose(disposing);
    }

    private void Encode(ReadOnlySpan<byte> input, bool isFinal)
    {
        var (buffer, more) = (Buffer, true);
        _hasFailed = true;
        while (more)
        {
            more = _encoder.Compress(input, buffer, out var consumed, out var written, isFinal) == OperationStatus.DestinationTooSmall;
            input = input[consumed..];
            if (written > 0)
            {
                _destination.Write(buffer, 0, written);
            }
        }

        _hasFailed = false;
    }

    private async ValueTask EncodeAsync(ReadOnlyMemory<byte> input, bool isFinal, CancellationToken cancellationToken)
    {
        var (buffer, more) = (Buffer, true);
        _hasFailed = true;
        while (more)
        {
            cancellationToken.ThrowIfCancellationRequested();
            more = _encoder.Compress(input.Span, buffer, out var consumed, out var written, isFinal) == OperationStatus.DestinationTooSmall;
            input = input[consumed..];
            if (written > 0)
            {
                await _destination.WriteAsync(buffer.AsMemory(0, written), cancellationToken).ConfigureAwait(false);
            }
        }

        _hasFailed = false;
    }

    private void Release()
    {
        ArrayPool<byte>.Shared.Return(Buffer);
        _buffer = null;
        _encoder.Dispose();
    }
}
