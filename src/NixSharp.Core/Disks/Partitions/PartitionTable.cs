namespace NixSharp.Disks.Partitions;

/// <summary>The partitions of a disk.</summary>
public sealed record PartitionTable
{
    /// <summary>The kind of table.</summary>
    public required PartitionTableKind Kind { get; init; }

    /// <summary>The disk's GUID, or the eight digits of an MBR.</summary>
    public required string DiskId { get; init; }

    /// <summary>The size of a sector, in bytes.</summary>
    public int SectorSize { get; init; } = 512;

    /// <summary>The partitions, by number.</summary>
    public required IReadOnlyList<Partition> Partitions { get; init; }

    /// <summary>What is wrong with the table although it can be read, each with what mends it.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}
