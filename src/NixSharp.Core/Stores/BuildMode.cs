namespace NixSharp.Stores;

/// <summary>Why something is built. The numbers are those of Nix's worker protocol.</summary>
public enum BuildMode
{
    /// <summary>To have it.</summary>
    Normal = 0,

    /// <summary>To replace damaged outputs.</summary>
    Repair = 1,

    /// <summary>To see whether it comes out the same again.</summary>
    Check = 2,
}
