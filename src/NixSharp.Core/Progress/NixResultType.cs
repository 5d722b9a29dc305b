namespace NixSharp;

/// <summary>What comes of an activity of Nix, by Nix's own numbers, on the wire and in logs; there may be others.</summary>
public enum NixResultType
{
    /// <summary>A file became a hard link; field: bytes saved.</summary>
    FileLinked = 100,

    /// <summary>A line that a build printed.</summary>
    BuildLogLine = 101,

    /// <summary>A path that no one trusts.</summary>
    UntrustedPath = 102,

    /// <summary>A damaged path.</summary>
    CorruptedPath = 103,

    /// <summary>The phase that a build is in.</summary>
    SetPhase = 104,

    /// <summary>How far it is; fields: done, expected, running, failed.</summary>
    Progress = 105,

    /// <summary>What activities of a type will amount to; fields: the type, the amount.</summary>
    SetExpected = 106,

    /// <summary>A line that the hook after a build printed.</summary>
    PostBuildLogLine = 107,

    /// <summary>What fetching is about; field: a text.</summary>
    FetchStatus = 108,
}
