using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace NixSharp.NarInfos;

/// <summary>The form that keys and signatures have in common: <c>name:base64</c>.</summary>
internal static class KeyText
{
    private const int MaxNameLength = 1024;

    /// <summary>Whether <paramref name="name"/> can be a key's: some characters, neither white space nor a colon among them.</summary>
    public static bool IsName(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || name.Length > MaxNameLength)
        {
            return false;
        }

        foreach (var character in name)
        {
            if (character == ':' || char.IsWhiteSpace(character) || char.IsControl(character) || char.IsSurrogate(character))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes name and bytes apart; <paramref name="why"/> never repeats what may be secret.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, int size, [NotNullWhen(true)] out string? name, out byte[] bytes, [NotNullWhen(false)] out string? why)
    {
        (name, bytes, why) = (null, [], null);
        var colon = text.IndexOf(':');
        if (colon < 0)
        {
            why = "there is no colon after its name";
            return false;
        }

        if (!IsName(text[..colon]))
        {
            why = "the name before the colon is empty, too long, or has white space";
            return false;
        }

        // The comparison refuses white space and bits left over, which the decoder lets pass.
        var digits = text[(colon + 1)..];
        var buffer = new byte[size];
        if (digits.Length != (size + 2) / 3 * 4 ||
            !Convert.TryFromBase64Chars(digits, buffer, out var written) ||
            written != size ||
            !digits.SequenceEqual(Convert.ToBase64String(buffer)))
        {
            why = $"what follows the colon is not base 64 of {size} bytes";
            return false;
        }

        (name, bytes) = (text[..colon].ToString(), buffer);
        return true;
    }

    public static string Write(string name, ReadOnlySpan<byte> bytes) => $"{name}:{Convert.ToBase64String(bytes)}";

    public static byte[] ToBytes(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Encoding.UTF8.GetBytes(text);
    }
}
