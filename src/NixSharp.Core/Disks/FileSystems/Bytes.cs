using System.Buffers.Binary;
using System.Text;

namespace NixSharp.Disks.FileSystems;

/// <summary>Fields of structures on disks.</summary>
internal static class Bytes
{
    public static ushort U16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    public static uint U32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    public static ulong U64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);

    public static uint BigU32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..]);

    public static ulong BigU64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64BigEndian(bytes[offset..]);

    /// <summary>A text that ends at the first NUL, without blanks around it; null where nothing is left.</summary>
    public static string? Text(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        var text = Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]).Trim();
        return text.Length == 0 ? null : text;
    }

    /// <summary>A UUID in the order of its bytes; null where they are all zero.</summary>
    public static string? Uuid(ReadOnlySpan<byte> bytes) => bytes.ContainsAnyExcept((byte)0) ? new Guid(bytes, bigEndian: true).ToString() : null;

    /// <summary>A product of two numbers of a stranger; null where it is no size.</summary>
    public static long? Product(ulong left, ulong right) => Math.BigMul(left, right, out var low) == 0 && low <= long.MaxValue ? (long)low : null;
}
