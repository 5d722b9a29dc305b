namespace NixSharp.Building;

/// <summary>What a builder may take; null means as much as it wants.</summary>
internal sealed record BuildLimits(TimeSpan? Time, TimeSpan? Silence, long? LogSize);
