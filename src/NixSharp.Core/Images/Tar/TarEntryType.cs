namespace NixSharp.Images.Tar;

/// <summary>The kinds of entries of a tar archive that are read or written here, by their type flags.</summary>
internal enum TarEntryType : byte
{
    File = (byte)'0',
    HardLink = (byte)'1',
    Symlink = (byte)'2',
    Directory = (byte)'5',
    GnuLongLink = (byte)'K',
    GnuLongName = (byte)'L',
    PaxGlobal = (byte)'g',
    Pax = (byte)'x',
}
