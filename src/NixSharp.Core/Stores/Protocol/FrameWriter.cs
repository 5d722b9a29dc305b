using NixSharp.Files;

namespace NixSharp.Stores.Protocol;

/// <summary>A stream that is sent in frames. <see cref="CompleteAsync"/> sends what is left, and the frame of size 0 that ends it.</summary>
internal sealed class FrameWriter(WireWriter writer) : WriteOnlyStream
{
    private readonly Compression.PooledBlock _block = new(WireFormat.FrameSize);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var count = Math.Min(buffer.Length, _block.Free.Length);
            buffer[..count].CopyTo(_block.Free);
            _block.Length += count;
            buffer = buffer[count..];
            if (_block.Free.IsEmpty)
            {
                writer.WriteNumber((ulong)_block.Length);
                writer.WriteThrough(_block.Span);
                _block.Length = 0;
            }
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var count = Math.Min(buffer.Length, _block.Free.Length);
            buffer.Span[..count].CopyTo(_block.Free);
            _block.Length += count;
            buffer = buffer[count..];
            if (_block.Free.IsEmpty)
            {
                await SendAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Sends what was written so far.</summary>
    public override Task FlushAsync(CancellationToken cancellationToken) => SendAsync(cancellationToken).AsTask();

    /// <summary>Sends what is left and the end.</summary>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        await SendAsync(cancellationToken).ConfigureAwait(false);
        writer.WriteNumber(0);
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _block.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        if (_block.Length > 0)
        {
            writer.WriteNumber((ulong)_block.Length);
            await writer.WriteThroughAsync(_block.Memory, cancellationToken).ConfigureAwait(false);
            _block.Length = 0;
        }
    }
}
