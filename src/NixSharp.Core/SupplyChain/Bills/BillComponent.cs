using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.SupplyChain.Bills;

/// <summary>One store path of a closure, and what is known of how it came to be.</summary>
public sealed record BillComponent
{
    /// <summary>The store path.</summary>
    public required StorePath Path { get; init; }

    /// <summary>The name and version, from the derivation where the store has it, else from the path.</summary>
    public required PackageName Package { get; init; }

    /// <summary>The output of the derivation that the path is.</summary>
    public string Output { get; init; } = "out";

    /// <summary>The SHA-256 of the path's NAR.</summary>
    public required NixHash NarHash { get; init; }

    /// <summary>The size of the path's NAR, in bytes.</summary>
    public required long NarSize { get; init; }

    /// <summary>The paths that this one refers to, itself left out, sorted.</summary>
    public IReadOnlyList<StorePath> Dependencies { get; init; } = [];

    /// <summary>The derivation that made the path, where that is known.</summary>
    public StorePath? Deriver { get; init; }

    /// <summary>The SHA-256 of the derivation's file, where the store has it.</summary>
    public NixHash? DeriverHash { get; init; }

    /// <summary>What was downloaded for the derivation, in the order of its inputs; empty where the store does not have it.</summary>
    public IReadOnlyList<BillSource> Sources { get; init; } = [];

    /// <summary>The package URL, such as <c>pkg:nix/hello@2.12</c>.</summary>
    public string PackageUrl => SupplyChain.PackageUrl.Nix(Package, Output);
}
