using NixSharp.Stores;

namespace NixSharp.Building.Machines;

/// <summary>Whether a build machine can be used.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Elapsed">How long it took to find out.</param>
public sealed record MachineCheckResult(BuildMachine Machine, TimeSpan Elapsed)
{
    /// <summary>What its daemon says of itself; null where it has none, or cannot be used.</summary>
    public DaemonInfo? Daemon { get; init; }

    /// <summary>Why it cannot be used; null where it can.</summary>
    public string? Problem { get; init; }
}
