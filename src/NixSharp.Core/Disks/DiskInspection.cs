using NixSharp.Disks.Containers;
using NixSharp.Disks.FileSystems;
using NixSharp.Disks.Partitions;

namespace NixSharp.Disks;

/// <summary>What an image or device holds.</summary>
public sealed record DiskInspection
{
    /// <summary>The file or device.</summary>
    public required string Path { get; init; }

    /// <summary>The size of the file or device, in bytes.</summary>
    public required long FileSize { get; init; }

    /// <summary>How it is compressed, such as <c>zstd</c>; null where it is not.</summary>
    public string? Compression { get; init; }

    /// <summary>What the disk is wrapped in.</summary>
    public required DiskContainer Container { get; init; }

    /// <summary>The partitions; null where there is no table, or the container cannot be read here.</summary>
    public PartitionTable? Table { get; init; }

    /// <summary>The file system that starts where the disk does: instead of a table, or beside it on bootable ISO images.</summary>
    public DetectedFileSystem? FileSystem { get; init; }

    /// <summary>What is wrong although it can be read, each with what mends it.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}
