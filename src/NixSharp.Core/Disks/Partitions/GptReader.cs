using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using NixSharp.Disks.Blocks;

namespace NixSharp.Disks.Partitions;

/// <summary>Reads GUID partition tables (UEFI specification, chapter 5), from the backup where the first copy is damaged.</summary>
internal static class GptReader
{
    private const ulong LegacyBootable = 4;
    private static readonly int[] SectorSizes = [512, 4096];

    /// <summary>Reads the table; null where there is no sign of one.</summary>
    /// <exception cref="DiskException">There is one, and both of its copies are damaged.</exception>
    public static PartitionTable? Read(BlockSource disk)
    {
        foreach (var sectorSize in SectorSizes)
        {
            if (IsMarked(disk, sectorSize))
            {
                return Read(disk, sectorSize);
            }
        }

        return null;
    }

    /// <summary>The two copies, of which one at least is whole.</summary>
    /// <exception cref="DiskException">Both are damaged.</exception>
    public static (GptHeader? First, GptHeader? Backup) ReadHeaders(BlockSource disk, int sectorSize, List<string> problems)
    {
        var lastSector = (disk.Length / sectorSize) - 1;
        var first = GptHeader.Read(disk, 1, sectorSize, out var why);
        var backupSector = first?.OtherSector ?? lastSector;
        var backup = GptHeader.Read(disk, backupSector, sectorSize, out var whyBackup);
        if (first is null && backup is null)
        {
            throw new DiskException(
                NixErrorCodes.InvalidPartitionTable,
                $"The GUID partition table cannot be read: its first header {Because(why)}, and its backup in sector {backupSector} {Because(whyBackup)}. Get the image again; if it was cut off, it is too short.");
        }

        if (first is null)
        {
            problems.Add($"The first header {Because(why)}; the backup was read. 'sgdisk -e' or writing the image again mends it.");
        }

        if (backup is null)
        {
            problems.Add($"The backup header in sector {backupSector} {Because(whyBackup)}. An image that was cut off or damaged has to be got again; 'nixsharp disk resize' writes the backup anew.");
        }
        else if (backup.Sector != lastSector)
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"The backup header is in sector {backup.Sector}, and the disk ends in sector {lastSector}. 'nixsharp disk resize' moves it to the end."));
        }

        if (first is not null && backup is not null && !first.Entries.AsSpan().SequenceEqual(backup.Entries))
        {
            problems.Add("The two copies of the table differ. The first one was read; 'nixsharp disk resize' writes the backup anew.");
        }

        return (first, backup);
    }

    /// <summary>The bytes per sector of the table; null where there is no sign of one.</summary>
    public static int? FindSectorSize(BlockSource disk) => SectorSizes.Where(size => IsMarked(disk, size)).Select(static size => (int?)size).FirstOrDefault();

    private static PartitionTable Read(BlockSource disk, int sectorSize)
    {
        var problems = new List<string>();
        var (first, backup) = ReadHeaders(disk, sectorSize, problems);
        var header = first ?? backup!;
        var partitions = new List<Partition>();
        for (var i = 0; i < header.Entries.Length / header.EntrySize; i++)
        {
            var entry = header.Entries.AsSpan(i * header.EntrySize, header.EntrySize);
            var type = new Guid(entry[..16]);
            if (type != Guid.Empty)
            {
                partitions.Add(ReadEntry(entry, i + 1, type, header, disk.Length, problems));
            }
        }

        PartitionOverlaps.Note(partitions, problems);
        return new PartitionTable
        {
            Kind = PartitionTableKind.Gpt,
            DiskId = header.DiskId.ToString(),
            SectorSize = sectorSize,
            Partitions = partitions,
            Problems = problems,
        };
    }

    private static Partition ReadEntry(ReadOnlySpan<byte> entry, int number, Guid type, GptHeader header, long diskLength, List<string> problems)
    {
        var (firstSector, lastSector) = (BinaryPrimitives.ReadInt64LittleEndian(entry[32..]), BinaryPrimitives.ReadInt64LittleEndian(entry[40..]));
        var name = Encoding.Unicode.GetString(entry[56..128]);
        var end = name.IndexOf('\0', StringComparison.Ordinal);
        var isSane = firstSector >= 0 && lastSector >= firstSector && lastSector < long.MaxValue / header.SectorSize;
        var (offset, length) = isSane ? (firstSector * header.SectorSize, (lastSector - firstSector + 1) * header.SectorSize) : (0, 0);
        if (!isSane || offset > diskLength - length)
        {
            problems.Add($"Partition {number} ends in sector {lastSector}, which is outside of the disk. The image was cut off: get it again.");
        }

        return new Partition
        {
            Number = number,
            Offset = offset,
            Length = length,
            TypeId = type.ToString(),
            TypeName = PartitionTypes.NameOf(type),
            Label = end < 0 ? name : name[..end],
            Id = new Guid(entry[16..32]).ToString(),
            IsBootable = (BinaryPrimitives.ReadUInt64LittleEndian(entry[48..]) & LegacyBootable) != 0,
        };
    }

    /// <summary>Whether the first header is there, or the MBR says that there should be one and the backup is.</summary>
    private static bool IsMarked(BlockSource disk, int sectorSize)
    {
        Span<byte> signature = stackalloc byte[8];
        return (disk.TryRead(sectorSize, signature) && signature.SequenceEqual("EFI PART"u8))
            || (MbrReader.IsProtective(disk) && disk.TryRead(((disk.Length / sectorSize) - 1) * sectorSize, signature) && signature.SequenceEqual("EFI PART"u8));
    }

    private static string Because(string why) => $"cannot be used, because {why}";
}
