namespace NixSharp.Images.Tar;

/// <summary>The kinds of entries of a tar archive that are read or written here, by their type flags.</summary>
internal enum TarEntryType : byte
{
    OldFile = 0,
    File = (byte)'0',
    HardLink = (byte)'1',
    Symlink = (byte)'2',
    CharacterDevice = (byte)'3',
    BlockDevice = (byte)'4',
    Directory = (byte)'5',
    Fifo = (byte)'6',
    ContiguousFile = (byte)'7',
    GnuLongLink = (byte)'K',
    GnuLongName = (byte)'L',
    PaxGlobal = (byte)'g',
    Pax = (byte)'x',
}
