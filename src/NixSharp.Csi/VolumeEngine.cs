namespace NixSharp.Csi;

/// <summary>How volumes have their closures.</summary>
public enum VolumeEngine
{
    /// <summary>A tree of hard links to the store's files, with a database of its own.</summary>
    Links,

    /// <summary>A mount for each store path.</summary>
    Bind,
}
