namespace NixSharp.Volumes;

/// <summary>How a volume is made.</summary>
public sealed record VolumeOptions
{
    /// <summary>The defaults.</summary>
    public static VolumeOptions Default { get; } = new();

    /// <summary>How the volume has its closure.</summary>
    public VolumeKind Kind { get; init; }

    /// <summary>What is noted with the volume, such as whose it is; does not count when a volume is asked for again.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Whether the volume keeps its closure from being collected in the store that it comes from. Needs the right to
    /// write there. The root is a symlink in the volume, so it goes with the volume. In a pool a lease
    /// does that in any case.
    /// </summary>
    public bool AddGcRoot { get; init; } = true;

    /// <summary>Whether everything reaches the disk before the volume appears, so that a power cut cannot damage it.</summary>
    public bool Sync { get; init; } = true;

    /// <summary>How many threads link; 0 takes as many as there are processors, up to four.</summary>
    public int Parallelism { get; init; }

    /// <summary>How long to wait for another process that makes or deletes the same volume; null waits until it has.</summary>
    public TimeSpan? LockTimeout { get; init; }

    /// <summary>Told how many store paths are linked.</summary>
    public IProgress<NixProgress>? Progress { get; init; }

    internal bool UseManagedCalls { get; init; }
}
