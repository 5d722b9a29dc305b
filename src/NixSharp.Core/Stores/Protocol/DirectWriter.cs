using NixSharp.Files;

namespace NixSharp.Stores.Protocol;

/// <summary>A stream that goes to the other side as it is, for what ends by its own grammar: a NAR before version 1.25.</summary>
internal sealed class DirectWriter(WireWriter writer) : WriteOnlyStream
{
    public override void Write(ReadOnlySpan<byte> buffer) => writer.WriteThrough(buffer);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        writer.WriteThroughAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
}
