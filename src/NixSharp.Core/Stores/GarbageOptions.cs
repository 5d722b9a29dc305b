namespace NixSharp.Stores;

/// <summary>What a garbage collection does. The defaults are those of <c>nix-store --gc</c>.</summary>
public sealed record GarbageOptions
{
    /// <summary>The defaults.</summary>
    public static GarbageOptions Default { get; } = new();

    /// <summary>Whether only to say what would be deleted.</summary>
    public bool DryRun { get; init; }

    /// <summary>Stop once so many bytes were freed; null deletes all garbage: <c>--max-freed</c>.</summary>
    public long? MaxFreed { get; init; }

    /// <summary>Whether what is kept keeps the outputs of derivations, too: <c>keep-outputs</c>.</summary>
    public bool KeepOutputs { get; init; }

    /// <summary>Whether what is kept keeps the derivation that made it, too: <c>keep-derivations</c>.</summary>
    public bool KeepDerivations { get; init; } = true;

    /// <summary>Told how many paths were deleted.</summary>
    public IProgress<NixProgress>? Progress { get; init; }
}
