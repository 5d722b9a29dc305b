using NixSharp.Files;

namespace NixSharp.Stores;

/// <summary>Passes on what is written, and tells how much that was in all. Leaves the other end open.</summary>
internal sealed class CountedStream(Stream destination, Action<long> report) : WriteOnlyStream
{
    private long _size;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        destination.Write(buffer);
        report(_size += buffer.Length);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await destination.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        report(_size += buffer.Length);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => destination.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => destination.FlushAsync(cancellationToken);
}
