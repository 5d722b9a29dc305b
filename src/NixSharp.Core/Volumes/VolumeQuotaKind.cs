namespace NixSharp.Volumes;

/// <summary>What limits how much may be written to a volume: a file system of its own.</summary>
public enum VolumeQuotaKind
{
    /// <summary>The first of the others that is possible, in the order in which they stand here.</summary>
    Any,

    /// <summary>
    /// An image of ext4 in the pool, which takes the space that is written to it. Needs <c>mkfs.ext4</c> and loop devices.
    /// The file system's own bookkeeping counts too.
    /// </summary>
    Image,

    /// <summary>Memory, which counts as the machine's; what is written does not outlast a restart.</summary>
    Memory,
}
