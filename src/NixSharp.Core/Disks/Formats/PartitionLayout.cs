namespace NixSharp.Disks.Formats;

/// <summary>How the disk of an image is divided.</summary>
public enum PartitionLayout
{
    /// <summary>There is no disk.</summary>
    None,

    /// <summary>One file system, without partitions.</summary>
    Whole,

    /// <summary>A master boot record.</summary>
    Mbr,

    /// <summary>A GUID partition table with an EFI system partition.</summary>
    Gpt,

    /// <summary>A GUID partition table with a BIOS boot partition.</summary>
    GptBios,

    /// <summary>A GUID partition table with both.</summary>
    Hybrid,

    /// <summary>ISO 9660, which also boots from a USB stick.</summary>
    Iso,
}
