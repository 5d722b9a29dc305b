namespace NixSharp.Native;

/// <summary>What a name in a folder stands for; the values are those of <c>d_type</c> and of a mode's top bits.</summary>
internal enum EntryType : byte
{
    /// <summary>The file system doesn't say: ask for the file's status.</summary>
    Unknown = 0,
    Fifo = 1,
    CharacterDevice = 2,
    Directory = 4,
    BlockDevice = 6,
    File = 8,
    Symlink = 10,
    Socket = 12,
}
