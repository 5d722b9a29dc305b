namespace NixSharp.Disks.FileSystems.Fat;

/// <summary>How wide the entries of a file allocation table are.</summary>
internal enum FatKind
{
    Fat12 = 12,
    Fat16 = 16,
    Fat32 = 32,
}
