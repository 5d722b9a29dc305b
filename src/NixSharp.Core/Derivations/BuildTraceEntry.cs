using NixSharp.StorePaths;

namespace NixSharp.Derivations;

/// <summary>
/// What an output of a derivation became when it was built, as Nix 2.35 and later record it: keyed by the derivation's
/// store path, where a <see cref="Realisation"/> is keyed by its hash.
/// </summary>
public sealed record BuildTraceEntry
{
    /// <summary>The derivation.</summary>
    public required StorePath Derivation { get; init; }

    /// <summary>The output.</summary>
    public required string OutputName { get; init; }

    /// <summary>The path that it became.</summary>
    public required StorePath OutputPath { get; init; }

    /// <summary>Signatures, <c>key-name:base64</c> each.</summary>
    public IReadOnlyList<string> Signatures { get; init; } = [];
}
