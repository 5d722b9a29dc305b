namespace NixSharp.Csi;

/// <summary>How the driver writes its log, a line for each event.</summary>
public enum LogFormat
{
    /// <summary>A JSON object.</summary>
    Json,

    /// <summary><c>key=value</c>, with quotes where they are needed.</summary>
    Logfmt,
}
