using NixSharp.Files;

namespace NixSharp.Registries;

/// <summary>Drops the first bytes that are written, which the other end has, and passes on the rest.</summary>
internal sealed class SkippingStream(Stream destination, long skipped) : WriteOnlyStream
{
    private long _left = skipped;

    public override void Write(ReadOnlySpan<byte> buffer) => destination.Write(buffer[Skip(buffer.Length)..]);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        destination.WriteAsync(buffer[Skip(buffer.Length)..], cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => destination.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => destination.FlushAsync(cancellationToken);

    private int Skip(int count)
    {
        var skip = (int)Math.Min(_left, count);
        _left -= skip;
        return skip;
    }
}
