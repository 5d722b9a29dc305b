using System.Globalization;
using System.Text;

namespace NixSharp.Stores;

/// <summary>The percent encoding of URIs, strictly.</summary>
internal static class PercentEncoding
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes; says why where it cannot.</summary>
    public static bool TryDecode(string text, out string decoded, out string why)
    {
        (decoded, why) = (text, "");
        if (text.Contains('%', StringComparison.Ordinal))
        {
            var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
            var length = 0;
            for (var index = 0; index < text.Length;)
            {
                if (text[index] == '%')
                {
                    if (index + 2 >= text.Length || !byte.TryParse(text.AsSpan(index + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[length]))
                    {
                        why = "a % is not followed by two hexadecimal digits";
                        return false;
                    }

                    (index, length) = (index + 3, length + 1);
                }
                else
                {
                    var end = text.IndexOf('%', index);
                    end = end < 0 ? text.Length : end;
                    length += Encoding.UTF8.GetBytes(text.AsSpan(index, end - index), bytes.AsSpan(length));
                    index = end;
                }
            }

            try
            {
                decoded = StrictUtf8.GetString(bytes, 0, length);
            }
            catch (DecoderFallbackException)
            {
                why = "what it encodes with % is not UTF-8";
                return false;
            }
        }

        why = decoded.Contains('\0', StringComparison.Ordinal) ? "it holds NUL" : "";
        return why.Length == 0;
    }

    /// <summary>Encodes all but letters, digits, <c>-._~</c> and the characters in <paramref name="allowed"/>.</summary>
    public static string Encode(string text, string allowed)
    {
        if (!text.Any(character => !IsPlain(character, allowed)))
        {
            return text;
        }

        var encoded = new StringBuilder(text.Length + 16);
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            if (IsPlain((char)value, allowed))
            {
                encoded.Append((char)value);
            }
            else
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
            }
        }

        return encoded.ToString();
    }

    private static bool IsPlain(char character, string allowed) =>
        char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_' or '~' || allowed.Contains(character, StringComparison.Ordinal);
}
