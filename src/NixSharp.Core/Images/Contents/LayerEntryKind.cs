namespace NixSharp.Images.Contents;

/// <summary>What an entry of a layer does to the layers below.</summary>
internal enum LayerEntryKind
{
    File,
    HardLink,
    Symlink,
    Directory,
    Fifo,
    Device,

    /// <summary>Takes away what the layers below have at its path.</summary>
    Whiteout,

    /// <summary>Takes away all that the layers below have in the folder at its path.</summary>
    OpaqueWhiteout,
}
