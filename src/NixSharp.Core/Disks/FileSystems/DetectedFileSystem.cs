namespace NixSharp.Disks.FileSystems;

/// <summary>What a disk or partition holds, by its first bytes.</summary>
public sealed record DetectedFileSystem
{
    /// <summary>The type, as <c>blkid</c> calls it: <c>ext4</c>, <c>vfat</c>, <c>squashfs</c>, <c>iso9660</c>, <c>swap</c>, <c>crypto_LUKS</c>...</summary>
    public required string Type { get; init; }

    /// <summary>The variant, such as <c>FAT32</c> or the version of LUKS; null where there is only one.</summary>
    public string? Version { get; init; }

    /// <summary>The label; null where it has none.</summary>
    public string? Label { get; init; }

    /// <summary>The UUID, or what stands for one.</summary>
    public string? Id { get; init; }

    /// <summary>The size that it says to have, in bytes; null where it does not say.</summary>
    public long? Size { get; init; }

    /// <summary>Whether <see cref="DiskImage.OpenFileSystem"/> reads files out of it.</summary>
    public bool HasReadableFiles => Type is "ext2" or "ext3" or "ext4" or "vfat";
}
