using NixSharp.Files;

namespace NixSharp.Stores;

/// <summary>Reads from another stream, and shows each block that was read to somebody else. Leaves the other stream open.</summary>
internal sealed class TeeStream(Stream source, TeeStream.Watch watch) : ReadOnlyStream
{
    public delegate void Watch(ReadOnlySpan<byte> block);

    public override int Read(Span<byte> buffer)
    {
        var count = source.Read(buffer);
        watch(buffer[..count]);
        return count;
    }
}
