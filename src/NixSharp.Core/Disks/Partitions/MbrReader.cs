using System.Buffers.Binary;
using System.Globalization;
using NixSharp.Disks.Blocks;

namespace NixSharp.Disks.Partitions;

/// <summary>Reads master boot records, and the chain of those of logical partitions.</summary>
internal static class MbrReader
{
    private const int SectorSize = 512;
    private const int TableOffset = 446;
    private const int EntrySize = 16;
    private const int FirstLogical = 5;
    private const int MaxLogical = 128;
    private const byte ProtectiveType = 0xee;

    /// <summary>Whether the record says that the disk has a GUID partition table.</summary>
    public static bool IsProtective(BlockSource disk) => ReadEntries(disk, 0)?.Any(static entry => entry.Type == ProtectiveType) == true;

    /// <summary>Reads the table; null where there is none that makes sense.</summary>
    public static PartitionTable? Read(BlockSource disk)
    {
        if (ReadEntries(disk, 0) is not { } entries || !entries.Any(static entry => entry.Type != 0))
        {
            return null;
        }

        var id = DiskId(disk);
        var (partitions, problems) = (new List<Partition>(), new List<string>());
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Type != 0)
            {
                partitions.Add(Describe(entries[i], entries[i].Start, i + 1, id, disk.Length, problems));
            }
        }

        foreach (var extended in entries.Where(static entry => PartitionTypes.IsExtended(entry.Type)).Take(1))
        {
            ReadLogical(disk, extended.Start, id, partitions, problems);
        }

        PartitionOverlaps.Note(partitions.Where(static partition => !PartitionTypes.IsExtended(Convert.ToByte(partition.TypeId, 16))), problems);
        return new PartitionTable { Kind = PartitionTableKind.Mbr, DiskId = id, Partitions = partitions, Problems = problems };
    }

    private static string DiskId(BlockSource disk)
    {
        Span<byte> bytes = stackalloc byte[4];
        return disk.TryRead(440, bytes) ? BinaryPrimitives.ReadUInt32LittleEndian(bytes).ToString("x8", CultureInfo.InvariantCulture) : "";
    }

    /// <summary>Each record of the chain has a partition, and says where the next record is, counted from the first one.</summary>
    private static void ReadLogical(BlockSource disk, long start, string id, List<Partition> partitions, List<string> problems)
    {
        var at = start;
        for (var number = FirstLogical; number < FirstLogical + MaxLogical; number++)
        {
            if (ReadEntries(disk, at) is not { } entries)
            {
                problems.Add($"The record of logical partition {number} in sector {at} is damaged: that partition and those behind it are lost.");
                return;
            }

            if (entries[0].Type != 0)
            {
                partitions.Add(Describe(entries[0], at + entries[0].Start, number, id, disk.Length, problems));
            }

            var next = start + entries[1].Start;
            if (!PartitionTypes.IsExtended(entries[1].Type))
            {
                return;
            }

            if (next <= at)
            {
                problems.Add($"The record of logical partition {number} leads back: the partitions behind it are lost.");
                return;
            }

            at = next;
        }
    }

    private static Partition Describe(Entry entry, long startSector, int number, string diskId, long diskLength, List<string> problems)
    {
        var (offset, length) = (startSector * SectorSize, entry.Count * SectorSize);
        if (entry.Type != ProtectiveType && offset > diskLength - length)
        {
            problems.Add($"Partition {number} ends behind the end of the disk. The image was cut off: get it again.");
        }

        return new Partition
        {
            Number = number,
            Offset = offset,
            Length = length,
            TypeId = string.Create(CultureInfo.InvariantCulture, $"0x{entry.Type:x2}"),
            TypeName = PartitionTypes.NameOf(entry.Type),
            Id = string.Create(CultureInfo.InvariantCulture, $"{diskId}-{number:x2}"),
            IsBootable = entry.IsBootable,
        };
    }

    /// <summary>The four entries of the record in a sector; null where the sector is no such record.</summary>
    private static List<Entry>? ReadEntries(BlockSource disk, long sector)
    {
        Span<byte> record = stackalloc byte[SectorSize];
        if (!disk.TryRead(sector * SectorSize, record) || record[510] != 0x55 || record[511] != 0xaa)
        {
            return null;
        }

        var entries = new List<Entry>(4);
        for (var i = 0; i < 4; i++)
        {
            var bytes = record.Slice(TableOffset + (i * EntrySize), EntrySize);
            if (bytes[0] is not (0 or 0x80))
            {
                // A boot sector of a file system ends in the same mark; its code is no table.
                return null;
            }

            entries.Add(new Entry(bytes[0] == 0x80, bytes[4], BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..])));
        }

        return entries.All(static entry => entry.Type == 0 || entry.Count > 0) ? entries : null;
    }

    private readonly record struct Entry(bool IsBootable, byte Type, long Start, long Count);
}
