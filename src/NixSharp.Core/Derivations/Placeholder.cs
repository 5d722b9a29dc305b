using System.Text;
using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.Derivations;

/// <summary>
/// A string that stands, in a builder's environment and arguments, for an output path that is not known yet:
/// <c>/</c> and 52 characters of <see cref="Nix32"/>.
/// </summary>
public readonly record struct Placeholder
{
    private const int CompressedSize = 20;

    private readonly NixHash _hash;

    private Placeholder(string text)
    {
        _hash = NixHash.Compute(NixHashAlgorithm.Sha256, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Stands for an output of the derivation that it is in.</summary>
    public static Placeholder ForOutput(string output) => new($"nix-output:{output}");

    /// <summary>Stands for an output of a derivation that is needed.</summary>
    public static Placeholder ForUpstream(StorePath derivation, string output) =>
        new($"nix-upstream-output:{derivation.HashPart}:{Derivation.OutputPathName(Derivation.NameOf(derivation), output)}");

    /// <summary>Stands for an output of a derivation that is itself an output, for which <paramref name="derivation"/> stands.</summary>
    public static Placeholder ForDynamic(Placeholder derivation, string output)
    {
        Span<byte> compressed = stackalloc byte[CompressedSize];
        HashCompression.Fold(derivation._hash.Digest, compressed);
        return new($"nix-computed-output:{Nix32.Encode(compressed)}:{output}");
    }

    /// <summary>The text that is replaced by the path.</summary>
    public override string ToString() => $"/{Nix32.Encode(_hash.Digest)}";
}
