using System.Security.Cryptography;

namespace NixSharp.Hashing;

/// <summary>A digest together with its algorithm.</summary>
public readonly partial struct NixHash : IEquatable<NixHash>
{
    private readonly byte[]? _digest;

    /// <summary>Takes a digest of <paramref name="algorithm"/>'s size.</summary>
    /// <exception cref="NixFormatException">The digest has another size.</exception>
    public NixHash(NixHashAlgorithm algorithm, ReadOnlySpan<byte> digest)
    {
        if (digest.Length != algorithm.GetDigestSize())
        {
            throw new NixFormatException(
                NixErrorCodes.InvalidHash,
                $"A {algorithm.GetName()} digest has {algorithm.GetDigestSize()} bytes, not {digest.Length}.");
        }

        Algorithm = algorithm;
        _digest = digest.ToArray();
    }

    /// <summary>The algorithm that made the digest.</summary>
    public NixHashAlgorithm Algorithm { get; }

    /// <summary>The digest's bytes; empty for the default value.</summary>
    public ReadOnlySpan<byte> Digest => _digest;

    /// <summary>Hashes <paramref name="data"/>.</summary>
    public static NixHash Compute(NixHashAlgorithm algorithm, ReadOnlySpan<byte> data) =>
        new(algorithm, CryptographicOperations.HashData(algorithm.ToHashAlgorithmName(), data));

    /// <summary>Hashes what is left of <paramref name="data"/>, which stays open.</summary>
    public static NixHash Compute(NixHashAlgorithm algorithm, Stream data) =>
        new(algorithm, CryptographicOperations.HashData(algorithm.ToHashAlgorithmName(), data));

    /// <summary>Whether two hashes have the same algorithm and digest.</summary>
    public static bool operator ==(NixHash left, NixHash right) => left.Equals(right);

    /// <summary>Whether two hashes differ in algorithm or digest.</summary>
    public static bool operator !=(NixHash left, NixHash right) => !left.Equals(right);

    /// <summary>
    /// Writes the digest: <c>algorithm:digest</c> for base 16, base 32 and base 64, <c>algorithm-digest</c> for SRI.
    /// </summary>
    public string ToString(HashFormat format) => format == HashFormat.Sri
        ? $"{Algorithm.GetName()}-{ToDigestString(format)}"
        : $"{Algorithm.GetName()}:{ToDigestString(format)}";

    /// <summary>Writes the digest without its algorithm.</summary>
    public string ToDigestString(HashFormat format) => format switch
    {
        HashFormat.Base16 => Convert.ToHexStringLower(Digest),
        HashFormat.Nix32 => Nix32.Encode(Digest),
        _ => Convert.ToBase64String(Digest),
    };

    /// <summary>The SRI form, Nix's own default.</summary>
    public override string ToString() => ToString(HashFormat.Sri);

    /// <inheritdoc/>
    public bool Equals(NixHash other) => Algorithm == other.Algorithm && Digest.SequenceEqual(other.Digest);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is NixHash other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var code = default(HashCode);
        code.Add(Algorithm);
        code.AddBytes(Digest);
        return code.ToHashCode();
    }
}
