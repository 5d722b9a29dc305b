namespace NixSharp.Stores.Protocol;

/// <summary>What comes of an activity. The numbers are those of the wire; there may be others.</summary>
internal enum ActivityResult
{
    FileLinked = 100,
    BuildLogLine = 101,
    UntrustedPath = 102,
    CorruptedPath = 103,
    SetPhase = 104,
    Progress = 105,
    SetExpected = 106,
    PostBuildLogLine = 107,
    FetchStatus = 108,
}
