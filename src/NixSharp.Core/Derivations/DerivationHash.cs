using NixSharp.Hashing;

namespace NixSharp.Derivations;

/// <summary>What stands for a derivation when those that need it are hashed: Nix's hash modulo fixed outputs.</summary>
/// <param name="Kind">How its outputs' paths are found.</param>
/// <param name="Value">The hash. Of a fixed output it tells the contents and the path, of others the whole derivation.</param>
/// <param name="Outputs">The outputs that there are.</param>
/// <param name="IsDeferred">Whether output paths follow from something that must be built first, so that they cannot follow from this hash.</param>
public sealed record DerivationHash(DerivationKind Kind, NixHash Value, IReadOnlySet<string> Outputs, bool IsDeferred)
{
    /// <summary>The name under which what an output became is recorded.</summary>
    public DerivationOutputId IdOf(string output) => new(Value, output);
}
