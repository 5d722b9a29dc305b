namespace NixSharp.Nar;

/// <summary>What an entry of a NAR is.</summary>
public enum NarEntryType
{
    /// <summary>The listing does not say: Nix lists what is in a folder like that where it lists one level only.</summary>
    Unknown,

    /// <summary>A file.</summary>
    Regular,

    /// <summary>A folder.</summary>
    Directory,

    /// <summary>A symlink.</summary>
    Symlink,
}
