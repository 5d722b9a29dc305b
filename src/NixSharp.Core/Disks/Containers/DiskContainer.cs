namespace NixSharp.Disks.Containers;

/// <summary>The container that a disk is in.</summary>
public sealed record DiskContainer
{
    /// <summary>Its kind.</summary>
    public required DiskContainerKind Kind { get; init; }

    /// <summary>The size of the disk, in bytes; null where the container does not say, or says nonsense.</summary>
    public long? VirtualSize { get; init; }

    /// <summary>The version or variant: <c>3</c>, <c>streamOptimized</c>, <c>dynamic</c>.</summary>
    public string? Variant { get; init; }

    /// <summary>Another file, by the name that this one gives it, that a part of the disk is in; null where it stands alone.</summary>
    public string? ExternalFile { get; init; }

    /// <summary>Whether the disk inside can be read here; all others are converted first.</summary>
    public bool IsReadable { get; init; }
}
