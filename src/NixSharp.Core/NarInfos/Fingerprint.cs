using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.Stores;

namespace NixSharp.NarInfos;

/// <summary>The texts that Nix signs.</summary>
public static class Fingerprint
{
    /// <summary><c>1;PATH;sha256:BASE32;SIZE;REFERENCE,REFERENCE...</c>, with whole paths, sorted.</summary>
    /// <exception cref="NixFormatException">The NAR's hash is not SHA-256, or its size is not known.</exception>
    public static string Of(PathInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        return info.NarHash.Algorithm == NixHashAlgorithm.Sha256 && !info.NarHash.Digest.IsEmpty && info.NarSize > 0
            ? $"1;{info.Path};{info.NarHash.ToString(HashFormat.Nix32)};{info.NarSize};{string.Join(',', info.References.Distinct().Order())}"
            : throw new NixFormatException(
                NixErrorCodes.NotSignable,
                $"{info.Path} cannot be signed: the SHA-256 or the size of its NAR is not known. Verify the store that it is in.");
    }

    /// <summary>The JSON of a realisation without its signatures, as Nix 2.4 to 2.34 signs it.</summary>
    public static string Of(Realisation realisation) => RealisationJson.GetFingerprint(realisation);

    /// <summary>The JSON of an entry of the build trace without its signatures, as Nix 2.35 and later signs it.</summary>
    public static string Of(BuildTraceEntry entry) => BuildTraceEntryJson.GetFingerprint(entry);
}
