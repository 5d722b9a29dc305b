namespace NixSharp.Volumes;

/// <summary>What making a volume took.</summary>
public sealed record VolumeReport
{
    /// <summary>Whether the volume was there already, so that nothing was done; all counts are 0 then.</summary>
    public bool IsReused { get; init; }

    /// <summary>Files that are the store's own, by hard links: no space, no time, one page cache.</summary>
    public long LinkedFiles { get; init; }

    /// <summary>
    /// Files that share their blocks with the store's but are files of their own, because a hard link was refused:
    /// it would cross file systems, the file has as many links as it may, or it belongs to somebody else.
    /// </summary>
    public long ClonedFiles { get; init; }

    /// <summary>Files that were copied, because neither a hard link nor shared blocks were possible.</summary>
    public long CopiedFiles { get; init; }

    /// <summary>The bytes of those copies.</summary>
    public long CopiedBytes { get; init; }

    /// <summary>Symlinks, linked or made anew.</summary>
    public long Symlinks { get; init; }

    /// <summary>Folders, which are always made anew.</summary>
    public long Folders { get; init; }

    /// <summary>Store paths that are mounted in their place when the volume is, in a volume of that kind.</summary>
    public long BoundPaths { get; init; }

    internal VolumeReport Plus(VolumeReport other) => new()
    {
        LinkedFiles = LinkedFiles + other.LinkedFiles,
        ClonedFiles = ClonedFiles + other.ClonedFiles,
        CopiedFiles = CopiedFiles + other.CopiedFiles,
        CopiedBytes = CopiedBytes + other.CopiedBytes,
        Symlinks = Symlinks + other.Symlinks,
        Folders = Folders + other.Folders,
        BoundPaths = BoundPaths + other.BoundPaths,
    };
}
