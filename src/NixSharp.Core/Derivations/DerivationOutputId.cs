using NixSharp.Hashing;

namespace NixSharp.Derivations;

/// <summary>An output of a derivation, named independently of what the derivation's inputs were called: Nix's <c>DrvOutput</c>.</summary>
/// <param name="DerivationHash">The derivation's hash modulo fixed and content-addressed outputs.</param>
/// <param name="OutputName">The output.</param>
public readonly partial record struct DerivationOutputId(NixHash DerivationHash, string OutputName)
{
    /// <summary><c>sha256:HEX!OUTPUT</c>.</summary>
    public override string ToString() => $"{DerivationHash.ToString(HashFormat.Base16)}!{OutputName}";
}
