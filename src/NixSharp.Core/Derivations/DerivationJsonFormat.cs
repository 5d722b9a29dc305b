namespace NixSharp.Derivations;

/// <summary>The layouts that <c>nix derivation show</c> has had, each named after the first release that wrote it.</summary>
public enum DerivationJsonFormat
{
    /// <summary>Up to 2.14: no name, whole paths, <c>hashAlgo</c> like <c>r:sha256</c>, inputs as lists of outputs.</summary>
    Nix23,

    /// <summary>2.15 to 2.17: a name.</summary>
    Nix215,

    /// <summary>2.18 to 2.22: inputs with <c>outputs</c> and <c>dynamicOutputs</c>.</summary>
    Nix218,

    /// <summary>2.23 to 2.29: <c>method</c> beside <c>hashAlgo</c>.</summary>
    Nix223,

    /// <summary>2.30 and 2.31: <c>structuredAttrs</c> in the place of the variable <c>__json</c>.</summary>
    Nix230,

    /// <summary>2.32: <c>version</c> 3, base names in the place of whole paths.</summary>
    Version3,

    /// <summary>2.33 and later: <c>version</c> 4, <c>inputs</c>, hashes with their algorithm.</summary>
    Version4,
}
