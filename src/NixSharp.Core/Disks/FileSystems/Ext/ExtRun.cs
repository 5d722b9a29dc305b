namespace NixSharp.Disks.FileSystems.Ext;

/// <summary>Blocks of a file that follow each other on the disk too.</summary>
/// <param name="Logical">The first block's number in the file.</param>
/// <param name="Physical">Its number on the disk; 0 where the file has a hole.</param>
/// <param name="Count">How many there are.</param>
internal readonly record struct ExtRun(ulong Logical, ulong Physical, ulong Count);
