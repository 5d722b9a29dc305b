using System.Security.Cryptography;

namespace NixSharp.Hashing;

/// <summary>The names and sizes of <see cref="NixHashAlgorithm"/>.</summary>
public static class NixHashAlgorithms
{
    /// <summary>The name in Nix's formats: <c>md5</c>, <c>sha1</c>, <c>sha256</c>, <c>sha512</c>.</summary>
    public static string GetName(this NixHashAlgorithm algorithm) => algorithm switch
    {
        NixHashAlgorithm.Md5 => "md5",
        NixHashAlgorithm.Sha1 => "sha1",
        NixHashAlgorithm.Sha256 => "sha256",
        NixHashAlgorithm.Sha512 => "sha512",
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "No such hash algorithm."),
    };

    /// <summary>The size of a digest, in bytes.</summary>
    public static int GetDigestSize(this NixHashAlgorithm algorithm) => algorithm switch
    {
        NixHashAlgorithm.Md5 => 16,
        NixHashAlgorithm.Sha1 => 20,
        NixHashAlgorithm.Sha256 => 32,
        NixHashAlgorithm.Sha512 => 64,
        _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "No such hash algorithm."),
    };

    /// <summary>Reads a name that <see cref="GetName"/> writes.</summary>
    /// <exception cref="NixFormatException">Nix has no such algorithm.</exception>
    public static NixHashAlgorithm Parse(ReadOnlySpan<char> name) => TryParse(name, out var algorithm)
        ? algorithm
        : throw new NixFormatException(NixErrorCodes.InvalidHash, $"'{name}' is not a hash algorithm. Give md5, sha1, sha256 or sha512.");

    /// <summary>Reads a name; false where <see cref="Parse"/> would throw.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out NixHashAlgorithm algorithm)
    {
        foreach (var candidate in Enum.GetValues<NixHashAlgorithm>())
        {
            if (name.SequenceEqual(candidate.GetName()))
            {
                algorithm = candidate;
                return true;
            }
        }

        algorithm = default;
        return false;
    }

    /// <summary>The same algorithm by the name that the base class library knows it by.</summary>
    public static HashAlgorithmName ToHashAlgorithmName(this NixHashAlgorithm algorithm) => algorithm switch
    {
        NixHashAlgorithm.Md5 => HashAlgorithmName.MD5,
        NixHashAlgorithm.Sha1 => HashAlgorithmName.SHA1,
        NixHashAlgorithm.Sha256 => HashAlgorithmName.SHA256,
        _ => HashAlgorithmName.SHA512,
    };
}
