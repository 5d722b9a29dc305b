namespace NixSharp;

/// <summary>What an activity of Nix is, by Nix's own numbers, on the wire and in logs; there may be others.</summary>
public enum NixActivityType
{
    /// <summary>No special kind.</summary>
    Unknown = 0,

    /// <summary>Copies one store path; fields: path, source, destination.</summary>
    CopyPath = 100,

    /// <summary>Downloads or uploads a file; field: its URL.</summary>
    FileTransfer = 101,

    /// <summary>Makes outputs be there; the parent of what it takes.</summary>
    Realise = 102,

    /// <summary>Copies store paths.</summary>
    CopyPaths = 103,

    /// <summary>All builds together.</summary>
    Builds = 104,

    /// <summary>One build; fields: derivation, machine (empty for this one), round, rounds.</summary>
    Build = 105,

    /// <summary>Makes equal files one.</summary>
    OptimiseStore = 106,

    /// <summary>Verifies store paths.</summary>
    VerifyPaths = 107,

    /// <summary>Substitutes one store path; fields: path, substituter.</summary>
    Substitute = 108,

    /// <summary>Asks a store about a path; fields: path, store.</summary>
    QueryPathInfo = 109,

    /// <summary>Runs the hook after a build; field: derivation.</summary>
    PostBuildHook = 110,

    /// <summary>Waits for a lock or a build elsewhere.</summary>
    BuildWaiting = 111,

    /// <summary>Fetches a tree.</summary>
    FetchTree = 112,
}
