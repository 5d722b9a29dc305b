using System.Text;

namespace NixSharp.GitOps.Secrets;

/// <summary>The encoding of age's keys: BIP 173, without its limit on length.</summary>
internal static class Bech32
{
    private const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private const int ChecksumLength = 6;
    private static readonly uint[] Generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

    /// <summary>Encodes bytes under a prefix, in lower case.</summary>
    public static string Encode(string prefix, ReadOnlySpan<byte> data)
    {
        var values = new List<byte>();
        var (bits, count) = (0u, 0);
        foreach (var value in data)
        {
            (bits, count) = ((bits << 8) | value, count + 8);
            for (; count >= 5; count -= 5)
            {
                values.Add((byte)((bits >> (count - 5)) & 31));
            }
        }

        if (count > 0)
        {
            values.Add((byte)((bits << (5 - count)) & 31));
        }

        var checksum = Polynomial([.. Expand(prefix), .. values, .. new byte[ChecksumLength]]) ^ 1;
        var text = new StringBuilder(prefix).Append('1');
        foreach (var value in values)
        {
            text.Append(Alphabet[value]);
        }

        for (var i = 0; i < ChecksumLength; i++)
        {
            text.Append(Alphabet[(int)((checksum >> (5 * (ChecksumLength - 1 - i))) & 31)]);
        }

        return text.ToString();
    }

    /// <summary>Decodes what has this prefix, in lower or upper case; null where the text is damaged.</summary>
    public static byte[]? Decode(string prefix, string text)
    {
        if (text.Any(char.IsAsciiLetterLower) && text.Any(char.IsAsciiLetterUpper))
        {
            return null;
        }

        var lower = text.ToLowerInvariant();
        if (!lower.StartsWith(prefix + "1", StringComparison.Ordinal) || lower.Length < prefix.Length + 1 + ChecksumLength)
        {
            return null;
        }

        var values = lower[(prefix.Length + 1)..].Select(static c => Alphabet.IndexOf(c, StringComparison.Ordinal)).ToList();
        if (values.Contains(-1) || Polynomial([.. Expand(prefix), .. values.Select(static value => (byte)value)]) != 1)
        {
            return null;
        }

        var data = new List<byte>();
        var (bits, count) = (0u, 0);
        foreach (var value in values.SkipLast(ChecksumLength))
        {
            (bits, count) = (((bits << 5) | (uint)value) & 0xfff, count + 5);
            if (count >= 8)
            {
                count -= 8;
                data.Add((byte)(bits >> count));
            }
        }

        // What fills the last character up has to be zero, and less than a character.
        return count < 5 && (bits & ((1u << count) - 1)) == 0 ? [.. data] : null;
    }

    private static IEnumerable<byte> Expand(string prefix) =>
        prefix.Select(static c => (byte)(c >> 5)).Append((byte)0).Concat(prefix.Select(static c => (byte)(c & 31)));

    private static uint Polynomial(ReadOnlySpan<byte> values)
    {
        var checksum = 1u;
        foreach (var value in values)
        {
            var top = checksum >> 25;
            checksum = ((checksum & 0x1ffffff) << 5) ^ value;
            for (var i = 0; i < Generator.Length; i++)
            {
                checksum ^= ((top >> i) & 1) == 0 ? 0 : Generator[i];
            }
        }

        return checksum;
    }
}
