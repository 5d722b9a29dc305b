namespace NixSharp.Volumes;

/// <summary>How a volume has its closure.</summary>
public enum VolumeKind
{
    /// <summary>A tree of hard links: made once, at a cost per file; a folder like any other, which needs no mount.</summary>
    HardLinks,

    /// <summary>
    /// A description only: when it is mounted, each store path is mounted in its place. Costs a mount per store path,
    /// whatever the number of files; what holds the files is the store, which has to keep them.
    /// </summary>
    BindView,
}
