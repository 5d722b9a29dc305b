using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace NixSharp.Compression.Deflate;

/// <summary>Writes bits, lowest first, into memory that has eight bytes to spare.</summary>
internal unsafe ref struct BitWriter
{
    private readonly byte* _start;
    private byte* _next;
    private ulong _bits;
    private int _count;

    public BitWriter(byte* start)
    {
        _start = _next = start;
    }

    /// <summary>The bytes so far, the one that is begun not included.</summary>
    public readonly int Length => (int)(_next - _start);

    /// <summary>How many bits are missing to a whole byte.</summary>
    public readonly int BitsToByte => -_count & 7;

    /// <summary>Takes up to 48 bits, to which up to 7 are left over from before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ulong bits, int count)
    {
        _bits |= bits << _count;
        _count += count;
        Unsafe.WriteUnaligned(_next, BitConverter.IsLittleEndian ? _bits : BinaryPrimitives.ReverseEndianness(_bits));
        _next += _count >> 3;
        _bits >>= _count & ~7;
        _count &= 7;
    }

    /// <summary>Fills the byte that is begun with zeros.</summary>
    public void Align() => Write(0, BitsToByte);

    /// <summary>Copies whole bytes; has to be aligned.</summary>
    public void Copy(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(new Span<byte>(_next, bytes.Length));
        _next += bytes.Length;
    }
}
