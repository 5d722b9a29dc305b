namespace NixSharp.Building;

/// <summary>Why a builder is stopped.</summary>
internal enum BuildStop
{
    /// <summary>Nobody wants its result any more.</summary>
    Cancelled,

    /// <summary>It took too long.</summary>
    Timeout,

    /// <summary>It printed nothing for too long.</summary>
    Silence,

    /// <summary>It printed too much.</summary>
    LogSize,
}
