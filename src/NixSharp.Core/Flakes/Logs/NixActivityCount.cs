namespace NixSharp.Flakes.Logs;

/// <summary>How far Nix is with all activities of a kind.</summary>
/// <param name="Done">How many are done.</param>
/// <param name="Expected">How many there will be.</param>
/// <param name="Running">How many run.</param>
/// <param name="Failed">How many failed.</param>
public readonly record struct NixActivityCount(long Done, long Expected, long Running, long Failed);
