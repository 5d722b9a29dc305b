namespace NixSharp.Disks.FileSystems;

/// <summary>A file, folder or symlink of a file system in an image.</summary>
public sealed record DiskEntry
{
    /// <summary>The name, without the folders above it. Bytes that are not UTF-8 are kept as <see cref="Derivations.ByteText"/> keeps them.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required DiskEntryKind Kind { get; init; }

    /// <summary>The size of a file, in bytes.</summary>
    public long Size { get; init; }

    /// <summary>Type and permission bits, as <c>stat</c> has them; 0 where the file system has none.</summary>
    public int Mode { get; init; }

    /// <summary>When the contents last changed; null where the file system does not say.</summary>
    public DateTimeOffset? Modified { get; init; }

    /// <summary>What a symlink points to.</summary>
    public string? LinkTarget { get; init; }

    /// <summary>Where the file system has it: an inode, or a first cluster.</summary>
    internal uint Location { get; init; }
}
