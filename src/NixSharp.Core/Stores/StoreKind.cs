namespace NixSharp.Stores;

/// <summary>The kinds of store that a <see cref="StoreReference"/> names.</summary>
public enum StoreKind
{
    /// <summary>Whichever store fits this machine and user.</summary>
    Auto,

    /// <summary>Files and a database on this machine.</summary>
    Local,
}
