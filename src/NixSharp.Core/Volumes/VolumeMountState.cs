namespace NixSharp.Volumes;

/// <summary>What is where a volume was mounted.</summary>
public enum VolumeMountState
{
    /// <summary>The volume.</summary>
    Mounted,

    /// <summary>Nothing: the machine was started anew, or somebody else has unmounted it.</summary>
    Missing,

    /// <summary>A mount that is of no use any more: of a volume that is gone, or of a file system that does not answer.</summary>
    Stale,

    /// <summary>Something else that somebody else has mounted.</summary>
    Foreign,
}
