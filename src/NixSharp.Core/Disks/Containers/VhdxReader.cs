using NixSharp.Disks.Blocks;
using NixSharp.Disks.FileSystems;

namespace NixSharp.Disks.Containers;

/// <summary>Reads as much of VHDX as the size of the disk needs.</summary>
internal static class VhdxReader
{
    private const int RegionTable = 192 * 1024;
    private const int MaxEntries = 2047;
    private static readonly Guid MetadataRegion = new("8b7ca206-4790-4b9a-b8fe-575f050f886e");
    private static readonly Guid VirtualSizeItem = new("2fa54224-cd1b-4876-b211-5dbed83bf4b8");

    public static long? ReadVirtualSize(BlockSource file)
    {
        Span<byte> size = stackalloc byte[8];
        return Find(file, RegionTable, "regi"u8, 8, 16, MetadataRegion) is { } region &&
            Bytes.U64(region, 16) is var offset and <= long.MaxValue &&
            Find(file, (long)offset, "metadata"u8, 10, 32, VirtualSizeItem) is { } item &&
            file.TryRead((long)Math.Min(offset + Bytes.U32(item, 16), long.MaxValue), size) &&
            Bytes.U64(size, 0) is var length and <= long.MaxValue
                ? (long)length
                : null;
    }

    /// <summary>An entry of 32 bytes of a table; the tables differ in where their count and first entry are.</summary>
    private static byte[]? Find(BlockSource file, long table, ReadOnlySpan<byte> mark, int countOffset, int firstEntry, Guid id)
    {
        Span<byte> header = stackalloc byte[32];
        if (!file.TryRead(table, header) || !header.StartsWith(mark))
        {
            return null;
        }

        var count = Math.Min((int)Bytes.U16(header, countOffset), MaxEntries);
        var entry = new byte[32];
        for (var i = 0; i < count && file.TryRead(table + firstEntry + (i * entry.Length), entry); i++)
        {
            if (new Guid(entry.AsSpan(0, 16)) == id)
            {
                return entry;
            }
        }

        return null;
    }
}
