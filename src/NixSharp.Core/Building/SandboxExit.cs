namespace NixSharp.Building;

/// <summary>How a builder's run ended.</summary>
/// <param name="Code">The exit code; null where the builder never ran.</param>
/// <param name="Stop">Why it was stopped; null where it ended by itself.</param>
internal sealed record SandboxExit(int? Code, BuildStop? Stop);
