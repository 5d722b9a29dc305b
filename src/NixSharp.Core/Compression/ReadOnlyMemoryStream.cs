using NixSharp.Files;

namespace NixSharp.Compression;

/// <summary>Memory as a stream.</summary>
internal sealed class ReadOnlyMemoryStream : ReadOnlyStream
{
    private ReadOnlyMemory<byte> _left;

    public ReadOnlyMemoryStream(ReadOnlyMemory<byte> memory)
    {
        _left = memory;
    }

    public override int Read(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _left.Length);
        _left.Span[..count].CopyTo(buffer);
        _left = _left[count..];
        return count;
    }
}
