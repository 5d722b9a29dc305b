using NixSharp.StorePaths;

namespace NixSharp.Derivations;

/// <summary>What an output of a derivation became when it was built.</summary>
public sealed partial record Realisation
{
    /// <summary>The output.</summary>
    public required DerivationOutputId Id { get; init; }

    /// <summary>The path that it became.</summary>
    public required StorePath OutputPath { get; init; }

    /// <summary>Signatures, <c>key-name:base64</c> each.</summary>
    public IReadOnlyList<string> Signatures { get; init; } = [];

    /// <summary>The realisations that the output's references came from, as Nix before 2.32 records them.</summary>
    public IReadOnlyDictionary<DerivationOutputId, StorePath> DependentRealisations { get; init; } = new Dictionary<DerivationOutputId, StorePath>();
}
