namespace NixSharp.Disks.Partitions;

/// <summary>How a disk says where its partitions are.</summary>
public enum PartitionTableKind
{
    /// <summary>A GUID partition table.</summary>
    Gpt,

    /// <summary>A master boot record, with logical partitions where it has an extended one.</summary>
    Mbr,
}
