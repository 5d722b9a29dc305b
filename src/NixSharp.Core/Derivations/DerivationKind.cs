namespace NixSharp.Derivations;

/// <summary>How the paths of a derivation's outputs are found; the same for all outputs of one derivation.</summary>
public enum DerivationKind
{
    /// <summary>From the derivation itself.</summary>
    InputAddressed,

    /// <summary>From the hash that its one output must have.</summary>
    Fixed,

    /// <summary>From what is built.</summary>
    Floating,

    /// <summary>From the derivation, once those that it needs are built.</summary>
    Deferred,

    /// <summary>From what is built, which may differ each time.</summary>
    Impure,
}
