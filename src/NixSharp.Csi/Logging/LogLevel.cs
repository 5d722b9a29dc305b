namespace NixSharp.Csi.Logging;

/// <summary>How much an event in the log matters.</summary>
internal enum LogLevel
{
    Info,
    Warning,
    Error,
}
