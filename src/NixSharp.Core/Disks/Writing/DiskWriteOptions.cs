namespace NixSharp.Disks.Writing;

/// <summary>How an image is written to a disk.</summary>
public sealed record DiskWriteOptions
{
    /// <summary>Writes to a disk that is in use too: mounted, swapped to, or the system's own. What is on it is lost.</summary>
    public bool Force { get; init; }

    /// <summary>Whether everything is read back and compared. Default true.</summary>
    public bool Verify { get; init; } = true;

    /// <summary>Is told how far it is.</summary>
    public IProgress<NixProgress>? Progress { get; init; }
}
