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
        var derivation = DerivationFile.TryRead(GetRealPath(path), path) ?? throw DerivationFile.NotADerivation(path, "its file is not there");
        DerivationOutputs.Check(derivation, DerivationHashes);
        return derivation.GetOutputPaths();
    }
}
