using NixSharp.Files;

namespace NixSharp.Stores.Protocol;

/// <summary>The bytes that follow in a <see cref="WireReader"/>, as they are: a NAR that ends by its own grammar, or after a known size.</summary>
internal sealed class WireStream(WireReader reader, long length = long.MaxValue) : ReadOnlyStream
{
    /// <summary>How many bytes of the size that was given are left.</summary>
    public long Left { get; private set; } = length;

    public override int Read(Span<byte> buffer)
    {
        var count = reader.ReadSome(buffer[..(int)Math.Min(buffer.Length, Left)]);
        return Took(count, buffer.Length);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await reader.ReadSomeAsync(buffer[..(int)Math.Min(buffer.Length, Left)], cancellationToken).ConfigureAwait(false);
        return Took(count, buffer.Length);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    private int Took(int count, int wanted)
    {
        if (count == 0 && wanted > 0 && Left is > 0 and < long.MaxValue / 2)
        {
            throw new EndOfStreamException();
        }

        Left -= count;
        return count;
    }
}
