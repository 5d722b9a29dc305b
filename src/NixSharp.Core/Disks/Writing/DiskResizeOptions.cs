namespace NixSharp.Disks.Writing;

/// <summary>How a disk is resized.</summary>
public sealed record DiskResizeOptions
{
    /// <summary>Whether the last partition grows to the new end. What is in it stays as it is: its file system grows on its own, or by <c>resize2fs</c>.</summary>
    public bool GrowLastPartition { get; init; }

    /// <summary>Changes a disk that is in use too.</summary>
    public bool Force { get; init; }
}
