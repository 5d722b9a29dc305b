using System.Globalization;
using System.Text;
using NixSharp.Disks.Blocks;

namespace NixSharp.Disks.FileSystems.Fat;

/// <summary>The first sector of a FAT file system, which says where all else is.</summary>
internal sealed record FatBootSector
{
    private const int SectorSize = 512;
    private const int DirectoryEntrySize = 32;
    private const int MaxFat12 = 4085;
    private const int MaxFat16 = 65525;
    private const string NoLabel = "NO NAME";

    public required FatKind Kind { get; init; }

    /// <summary>The size of a cluster, in bytes.</summary>
    public required int ClusterSize { get; init; }

    /// <summary>Where the first table is, in bytes.</summary>
    public required long TableOffset { get; init; }

    public required long TableSize { get; init; }

    /// <summary>Where the top folder of FAT12 and FAT16 is, in bytes.</summary>
    public required long RootOffset { get; init; }

    public required int RootSize { get; init; }

    /// <summary>The first cluster of the top folder of FAT32.</summary>
    public required uint RootCluster { get; init; }

    /// <summary>Where cluster 2 is, in bytes.</summary>
    public required long DataOffset { get; init; }

    public required uint ClusterCount { get; init; }

    public required long Size { get; init; }

    public required string Id { get; init; }

    public string? Label { get; init; }

    public static DetectedFileSystem? Detect(BlockSource source) => Read(source) is { } sector
        ? new DetectedFileSystem
        {
            Type = "vfat",
            Version = $"FAT{(int)sector.Kind}",
            Label = FatFileSystem.ReadLabel(source, sector) ?? sector.Label,
            Id = sector.Id,
            Size = sector.Size,
        }
        : null;

    /// <summary>Reads it; null where there is none that makes sense.</summary>
    public static FatBootSector? Read(BlockSource source)
    {
        var bytes = new byte[SectorSize];
        if (!source.TryRead(0, bytes) || bytes[510] != 0x55 || bytes[511] != 0xaa || bytes[0] is not (0xeb or 0xe9))
        {
            return null;
        }

        var (sectorSize, clusterSectors, reserved, tables) = ((int)Bytes.U16(bytes, 11), bytes[13], Bytes.U16(bytes, 14), bytes[16]);
        var (rootEntries, smallTotal, media, smallTable) = (Bytes.U16(bytes, 17), Bytes.U16(bytes, 19), bytes[21], Bytes.U16(bytes, 22));
        if (sectorSize is < 512 or > 4096 || !int.IsPow2(sectorSize) || !int.IsPow2(clusterSectors) || reserved == 0 || tables is 0 or > 4 || media < 0xf0)
        {
            return null;
        }

        long total = smallTotal != 0 ? smallTotal : Bytes.U32(bytes, 32);
        long tableSectors = smallTable != 0 ? smallTable : Bytes.U32(bytes, 36);
        long rootSectors = ((rootEntries * DirectoryEntrySize) + sectorSize - 1) / sectorSize;
        var firstData = reserved + (tables * tableSectors) + rootSectors;
        if (tableSectors == 0 || total <= firstData)
        {
            return null;
        }

        var clusters = (total - firstData) / clusterSectors;
        var kind = smallTable == 0 && rootEntries == 0 ? FatKind.Fat32 : clusters < MaxFat12 ? FatKind.Fat12 : clusters < MaxFat16 ? FatKind.Fat16 : FatKind.Fat32;
        var extended = kind == FatKind.Fat32 ? 66 : 38;
        var serial = Bytes.U32(bytes, extended + 1);
        return new FatBootSector
        {
            Kind = kind,
            ClusterSize = sectorSize * clusterSectors,
            TableOffset = (long)reserved * sectorSize,
            TableSize = tableSectors * sectorSize,
            RootOffset = (reserved + (tables * tableSectors)) * sectorSize,
            RootSize = rootEntries * DirectoryEntrySize,
            RootCluster = kind == FatKind.Fat32 ? Bytes.U32(bytes, 44) : 0,
            DataOffset = firstData * sectorSize,
            ClusterCount = (uint)Math.Min(clusters, 0x0ffffff5),
            Size = total * sectorSize,
            Id = string.Create(CultureInfo.InvariantCulture, $"{serial >> 16:X4}-{serial & 0xffff:X4}"),
            Label = bytes[extended] == 0x29 && LabelOf(bytes.AsSpan(extended + 5, 11)) is { } label && label != NoLabel ? label : null,
        };
    }

    public static string? LabelOf(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes).TrimEnd(' ', '\0') is { Length: > 0 } text ? text : null;
}
