namespace NixSharp.Disks.FileSystems;

/// <summary>What an entry of a file system is.</summary>
public enum DiskEntryKind
{
    /// <summary>A file with contents.</summary>
    File,

    /// <summary>A folder.</summary>
    Directory,

    /// <summary>A symlink.</summary>
    Symlink,

    /// <summary>A device, socket or FIFO.</summary>
    Other,
}
