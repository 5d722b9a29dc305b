using System.Buffers.Binary;
using NixSharp.Native;

namespace NixSharp.Files;

/// <summary>One entry of a <see cref="FolderWalk"/>, which holds its name.</summary>
internal readonly struct FolderEntry
{
    public FolderEntry(int offset, ReadOnlySpan<byte> name, EntryType type)
    {
        Offset = offset;
        Length = name.Length;
        Type = type;
        Span<byte> prefix = stackalloc byte[8];
        prefix.Clear();
        name[..Math.Min(8, name.Length)].CopyTo(prefix);
        Prefix = BinaryPrimitives.ReadUInt64BigEndian(prefix);
    }

    public int Offset { get; }

    public int Length { get; }

    public EntryType Type { get; }

    /// <summary>The first eight bytes of the name: enough to order most names by one comparison.</summary>
    public ulong Prefix { get; }
}
