using System.Buffers.Binary;
using ICSharpCode.SharpZipLib.Checksum;
using NixSharp.Disks.Blocks;

namespace NixSharp.Disks.Partitions;

/// <summary>One of the two headers of a GUID partition table whose checksums are right.</summary>
internal sealed record GptHeader
{
    public const int Size = 92;
    public const int MinEntrySize = 128;

    private const int MaxEntrySize = 4096;
    private const int MaxTableSize = 1 << 20;

    public required int SectorSize { get; init; }

    public required long Sector { get; init; }

    public required long OtherSector { get; init; }

    public required long FirstUsable { get; init; }

    public required long LastUsable { get; init; }

    public required Guid DiskId { get; init; }

    public required long EntriesSector { get; init; }

    public required byte[] Header { get; init; }

    public required int EntrySize { get; init; }

    public required byte[] Entries { get; init; }

    /// <summary>Reads the header in a sector; null, with the reason, where there is none that is whole.</summary>
    public static GptHeader? Read(BlockSource disk, long sector, int sectorSize, out string why)
    {
        var bytes = new byte[sectorSize];
        if (sector < 0 || sector > disk.Length / sectorSize || !disk.TryRead(sector * sectorSize, bytes))
        {
            why = "it is outside of the disk";
            return null;
        }

        if (!bytes.AsSpan(0, 8).SequenceEqual("EFI PART"u8))
        {
            why = "it is not there";
            return null;
        }

        var size = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(12));
        if (size < Size || size > sectorSize)
        {
            why = $"its size of {size} bytes is impossible";
            return null;
        }

        var header = bytes[..(int)size];
        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(16));
        header.AsSpan(16, 4).Clear();
        if (Checksum(header) != checksum)
        {
            why = "its checksum is wrong";
            return null;
        }

        if (Number(header, 24) != sector)
        {
            why = "it belongs to another sector";
            return null;
        }

        var (count, entrySize) = (BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(80)), BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(84)));
        var entriesSector = Number(header, 72);
        if (entrySize is < MinEntrySize or > MaxEntrySize || entrySize % 8 != 0 || count * (ulong)entrySize > MaxTableSize)
        {
            why = $"its {count} entries of {entrySize} bytes are impossible";
            return null;
        }

        var entries = new byte[Math.Min(count * entrySize, disk.Length)];
        if (entries.Length < count * entrySize || entriesSector < 0 || entriesSector > disk.Length / sectorSize || !disk.TryRead(entriesSector * sectorSize, entries))
        {
            why = "its entries are outside of the disk";
            return null;
        }

        if (Checksum(entries) != BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(88)))
        {
            why = "the checksum of its entries is wrong";
            return null;
        }

        why = "";
        return new GptHeader
        {
            SectorSize = sectorSize,
            Sector = sector,
            OtherSector = Number(header, 32),
            FirstUsable = Number(header, 40),
            LastUsable = Number(header, 48),
            DiskId = new Guid(header.AsSpan(56, 16)),
            EntriesSector = entriesSector,
            Header = header,
            EntrySize = (int)entrySize,
            Entries = entries,
        };
    }

    /// <summary>The CRC-32 of Ethernet, as zlib has it.</summary>
    public static uint Checksum(byte[] bytes)
    {
        var checksum = new Crc32();
        checksum.Update(bytes);
        return (uint)checksum.Value;
    }

    private static long Number(byte[] header, int offset) => BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(offset));
}
