using NixSharp.Disks.FileSystems;

namespace NixSharp.Disks.Partitions;

/// <summary>One partition of a disk.</summary>
public sealed record Partition
{
    /// <summary>Its number, as Linux names it: the 1 of <c>/dev/sda1</c>.</summary>
    public required int Number { get; init; }

    /// <summary>Where it starts, in bytes.</summary>
    public required long Offset { get; init; }

    /// <summary>How long it is, in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>The type as the table has it: a GUID in lower case, or <c>0x83</c>.</summary>
    public required string TypeId { get; init; }

    /// <summary>What the type means, such as <c>EFI system</c>; null where that is not known.</summary>
    public string? TypeName { get; init; }

    /// <summary>The label in the table; an MBR has none.</summary>
    public string? Label { get; init; }

    /// <summary>The <c>PARTUUID</c> of Linux.</summary>
    public string? Id { get; init; }

    /// <summary>Whether an old BIOS boots from it.</summary>
    public bool IsBootable { get; init; }

    /// <summary>What is in it, where that is recognised.</summary>
    public DetectedFileSystem? FileSystem { get; init; }
}
