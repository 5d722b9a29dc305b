using System.Buffers;
using System.Security.Cryptography;

namespace NixSharp.Images.Oci;

/// <summary>A content digest of the OCI image specification: <c>sha256:</c> and 64 lower-case hexadecimal digits.</summary>
public readonly record struct OciDigest
{
    private const string Prefix = "sha256:";
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private OciDigest(string hex)
    {
        Hex = hex;
    }

    /// <summary>The digest's 64 hexadecimal digits.</summary>
    public string Hex { get; }

    /// <summary>Digests <paramref name="data"/>.</summary>
    public static OciDigest Compute(ReadOnlySpan<byte> data) => FromBytes(SHA256.HashData(data));

    /// <summary>Takes the 32 bytes of a SHA-256 digest.</summary>
    public static OciDigest FromBytes(ReadOnlySpan<byte> digest)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(digest.Length, SHA256.HashSizeInBytes);
        return new OciDigest(Convert.ToHexStringLower(digest));
    }

    /// <summary>Reads <c>sha256:HEX</c>.</summary>
    /// <exception cref="ImageException">The text is none; other algorithms and upper case are not taken.</exception>
    public static OciDigest Parse(string text) => TryParse(text, out var digest)
        ? digest
        : throw new ImageException(NixErrorCodes.InvalidImageOptions, $"'{text}' is not a digest. Give sha256: and 64 lower-case hexadecimal digits.");

    /// <summary>Reads what <see cref="Parse"/> reads; false for anything else, other algorithms and upper case included.</summary>
    public static bool TryParse(string? text, out OciDigest digest)
    {
        digest = default;
        if (text is null ||
            text.Length != Prefix.Length + 64 ||
            !text.StartsWith(Prefix, StringComparison.Ordinal) ||
            text.AsSpan(Prefix.Length).ContainsAnyExcept(HexDigits))
        {
            return false;
        }

        digest = new OciDigest(text[Prefix.Length..]);
        return true;
    }

    /// <summary><c>sha256:HEX</c>.</summary>
    public override string ToString() => Prefix + Hex;
}
