using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.Derivations;

/// <summary>One output of a derivation, and how its path is found.</summary>
public abstract record DerivationOutput
{
    private DerivationOutput()
    {
    }

    /// <summary>The path follows from the derivation itself.</summary>
    /// <param name="Path">The path.</param>
    public sealed record InputAddressed(StorePath Path) : DerivationOutput;

    /// <summary>The contents are known before they are built: a fixed output, such as a download.</summary>
    /// <param name="Address">What the output must be.</param>
    public sealed record Fixed(ContentAddress Address) : DerivationOutput;

    /// <summary>The path follows from what is built.</summary>
    /// <param name="Method">How the output becomes bytes.</param>
    /// <param name="Algorithm">How those bytes are hashed.</param>
    public sealed record Floating(ContentAddressMethod Method, NixHashAlgorithm Algorithm) : DerivationOutput;

    /// <summary>The path will follow from the derivation once those that it needs are built.</summary>
    public sealed record Deferred : DerivationOutput;

    /// <summary>The path follows from what is built, which may differ each time.</summary>
    /// <param name="Method">How the output becomes bytes.</param>
    /// <param name="Algorithm">How those bytes are hashed.</param>
    public sealed record Impure(ContentAddressMethod Method, NixHashAlgorithm Algorithm) : DerivationOutput;
}
