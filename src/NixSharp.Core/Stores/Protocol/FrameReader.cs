using NixSharp.Files;

namespace NixSharp.Stores.Protocol;

/// <summary>
/// A stream that was sent in frames: the size of each, its bytes, and a size of 0 at the end. Ends where the frames do;
/// whoever goes on with the connection has to read it to there, with <see cref="SkipRestAsync"/>.
/// </summary>
internal sealed class FrameReader(WireReader reader) : ReadOnlyStream
{
    private ulong _left;

    /// <summary>Whether the last frame was read.</summary>
    public bool IsAtEnd { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || (_left == 0 && !Begin(IsAtEnd ? 0 : reader.ReadNumber())))
        {
            return 0;
        }

        return Took(reader.ReadSome(buffer[..(int)Math.Min((ulong)buffer.Length, _left)]));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty || (_left == 0 && !Begin(IsAtEnd ? 0 : await reader.ReadNumberAsync(cancellationToken).ConfigureAwait(false))))
        {
            return 0;
        }

        return Took(await reader.ReadSomeAsync(buffer[..(int)Math.Min((ulong)buffer.Length, _left)], cancellationToken).ConfigureAwait(false));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Reads the frames that are left and forgets them.</summary>
    public async ValueTask SkipRestAsync(CancellationToken cancellationToken)
    {
        using var block = new Compression.PooledBlock(WireFormat.FrameSize);
        while (await ReadAsync(block.Buffer, cancellationToken).ConfigureAwait(false) > 0)
        {
        }
    }

    private bool Begin(ulong size)
    {
        _left = size;
        IsAtEnd |= size == 0;
        return size > 0;
    }

    private int Took(int count)
    {
        _left -= count > 0 ? (ulong)count : throw new EndOfStreamException();
        return count;
    }
}
