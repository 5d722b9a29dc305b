namespace NixSharp.Volumes;

/// <summary>What limits how much may be written to a volume.</summary>
public enum VolumeQuotaKind
{
    /// <summary>The first of the others that is possible, in the order in which they stand here.</summary>
    Any,

    /// <summary>Memory: a file system that is gone with the mount, and counts against the machine's memory.</summary>
    Memory,
}
