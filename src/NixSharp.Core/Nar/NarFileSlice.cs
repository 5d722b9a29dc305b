using System.Buffers.Binary;
using NixSharp.Files;

namespace NixSharp.Nar;

/// <summary>The contents of one file in a NAR that can seek.</summary>
internal sealed class NarFileSlice : ReadOnlyStream
{
    private readonly Stream _nar;
    private readonly long _end;
    private long _position;

    private NarFileSlice(Stream nar, long offset, long size)
    {
        _nar = nar;
        _position = offset;
        _end = offset + size;
    }

    /// <summary>Opens the contents; null where the NAR does not have that size written before that place, or ends too early.</summary>
    public static NarFileSlice? TryOpen(Stream nar, long offset, long size)
    {
        if (offset < NarFormat.RegularHeader.Length || offset > nar.Length || size > nar.Length - offset)
        {
            return null;
        }

        Span<byte> length = stackalloc byte[NarFormat.WordSize];
        nar.Position = offset - NarFormat.WordSize;
        nar.ReadExactly(length);
        return BinaryPrimitives.ReadInt64LittleEndian(length) == size ? new NarFileSlice(nar, offset, size) : null;
    }

    public override int Read(Span<byte> buffer)
    {
        if (_position == _end)
        {
            return 0;
        }

        _nar.Position = _position;
        var read = _nar.Read(buffer[..(int)Math.Min(buffer.Length, _end - _position)]);
        _position += read;
        return read;
    }
}
