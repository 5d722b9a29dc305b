namespace NixSharp.Hashing;

public readonly partial struct NixHash
{
    /// <summary>
    /// Reads <c>algorithm:digest</c> or <c>algorithm-base64</c>, or a bare digest where
    /// <paramref name="algorithm"/> is given. The length of the digest tells its encoding.
    /// </summary>
    /// <exception cref="NixFormatException">The text is no hash, or one of another algorithm.</exception>
    public static NixHash Parse(ReadOnlySpan<char> text, NixHashAlgorithm? algorithm = null) =>
        TryParse(text, algorithm, out var hash, out var why)
            ? hash
            : throw new NixFormatException(
                NixErrorCodes.InvalidHash,
                $"'{text}' is not a hash: {why}. Write it like sha256-<base64> or sha256:<base32>.");

    /// <summary>Reads a hash; false where <see cref="Parse"/> would throw.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, NixHashAlgorithm? algorithm, out NixHash hash) =>
        TryParse(text, algorithm, out hash, out _);

    /// <summary>Reads a hash that names its own algorithm; false where <see cref="Parse"/> would throw.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out NixHash hash) => TryParse(text, null, out hash, out _);

    private static bool TryParse(ReadOnlySpan<char> text, NixHashAlgorithm? expected, out NixHash hash, out string why)
    {
        hash = default;
        var digest = text;
        var sri = false;
        var algorithm = expected;
        var separator = text.IndexOfAny(':', '-');
        if (separator >= 0)
        {
            sri = text[separator] == '-';
            if (!NixHashAlgorithms.TryParse(text[..separator], out var named))
            {
                why = $"'{text[..separator]}' is not md5, sha1, sha256 or sha512";
                return false;
            }

            if (expected is { } other && other != named)
            {
                why = $"it is {named.GetName()}, and {other.GetName()} was asked for";
                return false;
            }

            algorithm = named;
            digest = text[(separator + 1)..];
        }

        if (algorithm is not { } known)
        {
            why = "it does not name its algorithm";
            return false;
        }

        if (!TryDecode(digest, known.GetDigestSize(), sri, out var bytes))
        {
            why = $"'{digest}' is no {known.GetName()} digest in {(sri ? "base 64" : "base 16, base 32 or base 64")}";
            return false;
        }

        hash = new NixHash(known, bytes);
        why = "";
        return true;
    }

    private static bool TryDecode(ReadOnlySpan<char> digest, int size, bool sri, out byte[] bytes)
    {
        bytes = [];
        if (sri)
        {
            return TryDecodeIntegrity(digest, size, out bytes);
        }

        if (digest.Length == size * 2)
        {
            bytes = new byte[size];
            return Convert.FromHexString(digest, bytes, out _, out _) == System.Buffers.OperationStatus.Done;
        }

        if (digest.Length == Nix32.GetEncodedLength(size))
        {
            if (!Nix32.TryDecode(digest, out var decoded))
            {
                return false;
            }

            bytes = decoded;
            return true;
        }

        if (digest.Length != (size + 2) / 3 * 4)
        {
            return false;
        }

        // The comparison refuses white space and bits left over, which the decoder lets pass.
        bytes = new byte[size];
        return Convert.TryFromBase64Chars(digest, bytes, out var written)
            && written == size
            && digest.SequenceEqual(Convert.ToBase64String(bytes));
    }

    /// <summary>
    /// Reads the base 64 of an SRI hash as loosely as Nix does, because people paste these from elsewhere: the padding
    /// may be missing, what follows it and the bits left over don't count.
    /// </summary>
    private static bool TryDecodeIntegrity(ReadOnlySpan<char> text, int size, out byte[] bytes)
    {
        bytes = [];
        var padding = text.IndexOf('=');
        var digits = padding < 0 ? text : text[..padding];
        if (digits.Length != ((size * 8) + 5) / 6)
        {
            return false;
        }

        var padded = new char[(size + 2) / 3 * 4];
        padded.AsSpan().Fill('=');
        digits.CopyTo(padded);
        bytes = new byte[size];
        return Convert.TryFromBase64Chars(padded, bytes, out var written) && written == size;
    }
}
