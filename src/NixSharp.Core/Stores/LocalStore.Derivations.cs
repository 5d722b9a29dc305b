using NixSharp.Derivations;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

public sealed partial class LocalStore
{
    private DerivationHashes? _derivationHashes;

    /// <summary>Remembers what was hashed, so that a derivation that many others need is read once.</summary>
    private DerivationHashes DerivationHashes =>
        LazyInitializer.EnsureInitialized(ref _derivationHashes, () => new DerivationHashes(path => DerivationFile.TryRead(GetRealPath(path), path)));

    /// <summary>The output paths of a derivation whose file is in its place, checked as Nix checks them.</summary>
    private IReadOnlyDictionary<string, StorePath> CheckDerivation(StorePath path)
    {
        var derivation = DerivationFile.TryRead(GetRealPath(path), path) ?? throw NotADerivation(path, "its file is not there");
        DerivationOutputs.Check(derivation, DerivationHashes);
        return derivation.GetOutputPaths();
    }

    /// <summary>Refuses text that is no derivation, or one whose path would not be that of its file.</summary>
    private void CheckDerivation(string name, ReadOnlySpan<byte> text, IReadOnlyCollection<StorePath>? references)
    {
        var derivation = Derivation.Parse(text, name[..^Derivation.FileExtension.Length], StoreDirectory);
        if (!derivation.GetReferences().SequenceEqual((references ?? []).Distinct().Order()))
        {
            throw NotADerivation(derivation.ComputePath(), "the references that were given are not the sources and derivations that it needs");
        }
    }

    private static NixFormatException NotADerivation(StorePath path, string why) =>
        new(NixErrorCodes.InconsistentDerivation, $"{path} cannot be added: {why}. Add derivations with DerivationBuilder, or with their own references.");
}
