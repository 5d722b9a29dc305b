namespace NixSharp.Cake;

/// <summary>What is collected.</summary>
public sealed record NixCollectGarbageSettings : NixSettings
{
    /// <summary>Whether nothing is deleted, and only told what would be.</summary>
    public bool DryRun { get; init; }

    /// <summary>Stop once so many bytes are freed; null deletes all garbage.</summary>
    public long? MaxFreed { get; init; }

    /// <summary>Whether the outputs of derivations that are kept are kept, too.</summary>
    public bool KeepOutputs { get; init; }

    /// <summary>Whether the derivations of paths that are kept are kept, too.</summary>
    public bool KeepDerivations { get; init; } = true;
}
