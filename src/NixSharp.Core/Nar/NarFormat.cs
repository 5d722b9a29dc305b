using System.Buffers.Binary;
using System.Text;

namespace NixSharp.Nar;

/// <summary>The words of the NAR format: a string is its length, little-endian in 8 bytes, its bytes, and zeros up to a multiple of 8.</summary>
internal static class NarFormat
{
    public const int WordSize = 8;
    public const int MaxNameLength = 255;
    public const int MaxTargetLength = 4095;
    public const int MaxDepth = 1024;

    public static readonly byte[] Magic = Words("nix-archive-1");
    public static readonly byte[] RegularHeader = Words("(", "type", "regular", "contents");
    public static readonly byte[] ExecutableHeader = Words("(", "type", "regular", "executable", "", "contents");
    public static readonly byte[] SymlinkHeader = Words("(", "type", "symlink", "target");
    public static readonly byte[] DirectoryHeader = Words("(", "type", "directory");
    public static readonly byte[] EntryHeader = Words("entry", "(", "name");
    public static readonly byte[] NodeHeader = Words("node");
    public static readonly byte[] Close = Words(")");

    /// <summary>How many zeros follow a string of <paramref name="length"/> bytes.</summary>
    public static int PaddingOf(long length) => (int)(-length & (WordSize - 1));

    /// <summary>Why <paramref name="name"/> cannot be the name of a file in a folder; null if it can.</summary>
    public static string? WhyNotName(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name.Length > MaxNameLength)
        {
            return $"a name has 1 to {MaxNameLength} bytes, not {name.Length}";
        }

        if (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8))
        {
            return "a name is '.' or '..'";
        }

        return name.ContainsAny((byte)'/', (byte)0) ? "a name contains a slash or NUL" : null;
    }

    private static byte[] Words(params string[] words)
    {
        using var bytes = new MemoryStream();
        Span<byte> length = stackalloc byte[WordSize];
        foreach (var word in words)
        {
            BinaryPrimitives.WriteInt64LittleEndian(length, word.Length);
            bytes.Write(length);
            bytes.Write(Encoding.ASCII.GetBytes(word));
            bytes.Write(new byte[PaddingOf(word.Length)]);
        }

        return bytes.ToArray();
    }
}
