using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.Derivations;

/// <summary>The three strings that say what an output is: path, <c>r:sha256</c>, hash.</summary>
internal static class OutputFields
{
    private const string Impure = "impure";

    public static DerivationOutput Read(string derivation, string output, string path, string algorithm, string hash, StoreDirectory directory)
    {
        Derivation.CheckOutputName(output);
        if (algorithm.Length == 0)
        {
            return hash.Length > 0 ? throw Wrong(output, "it has a hash, but no algorithm")
                : path.Length == 0 ? new DerivationOutput.Deferred()
                : new DerivationOutput.InputAddressed(StorePath.Parse(path, directory));
        }

        var rest = algorithm.AsSpan();
        var method = ContentAddressMethods.TakePrefix(ref rest);
        var known = NixHashAlgorithms.Parse(rest);
        if (hash.Length == 0 || hash == Impure)
        {
            return path.Length > 0 ? throw Wrong(output, "it has a path, which follows only from what will be built")
                : hash.Length == 0 ? new DerivationOutput.Floating(method, known)
                : new DerivationOutput.Impure(method, known);
        }

        var fixedOutput = new DerivationOutput.Fixed(ContentAddress.Of(method, NixHash.Parse(hash, known)));
        var expected = Derivation.PathOf(derivation, output, fixedOutput.Address, directory);
        return path == expected.ToString()
            ? fixedOutput
            : throw new NixFormatException(
                NixErrorCodes.DerivationOutputMismatch,
                $"The output '{output}' of the derivation '{derivation}' should have the path {expected}, which follows from its hash, and has '{path}'. Correct the hash or the path.");
    }

    public static (string Path, string Algorithm, string Hash) Of(string derivation, string output, DerivationOutput value, StoreDirectory directory) => value switch
    {
        DerivationOutput.InputAddressed known => (known.Path.ToString(), "", ""),
        DerivationOutput.Fixed { Address: var address } => (
            Derivation.PathOf(derivation, output, address, directory).ToString(),
            AlgorithmOf(address.AddressMethod, address.Hash.Algorithm),
            address.Hash.ToDigestString(HashFormat.Base16)),
        DerivationOutput.Floating floating => ("", AlgorithmOf(floating.Method, floating.Algorithm), ""),
        DerivationOutput.Impure impure => ("", AlgorithmOf(impure.Method, impure.Algorithm), Impure),
        _ => ("", "", ""),
    };

    public static string AlgorithmOf(ContentAddressMethod method, NixHashAlgorithm algorithm) => method.GetPrefix() + algorithm.GetName();

    private static NixFormatException Wrong(string output, string why) =>
        new(NixErrorCodes.InvalidDerivation, $"the output '{output}' is wrong: {why}.");
}
