using NixSharp.StorePaths;

namespace NixSharp.Flakes;

/// <summary>What one installable was built to.</summary>
public sealed record NixBuildResult
{
    /// <summary>The derivation; null where the installable is a store path that is no output of one.</summary>
    public StorePath? DerivationPath { get; init; }

    /// <summary>The outputs by name, as logical store paths. A store path that is no output stands under <c>out</c>.</summary>
    public required IReadOnlyDictionary<string, StorePath> Outputs { get; init; }
}
