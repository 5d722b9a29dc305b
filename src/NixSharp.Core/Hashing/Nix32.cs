using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace NixSharp.Hashing;

/// <summary>
/// Nix's base 32: the alphabet omits e, o, t and u, and character <c>k</c> counted from the end holds bits
/// <c>5k</c> to <c>5k+4</c> of the little-endian number that the bytes are.
/// </summary>
public static class Nix32
{
    /// <summary>The 32 characters, by value.</summary>
    public const string Alphabet = "0123456789abcdfghijklmnpqrsvwxyz";

    private const byte Invalid = 0xff;

    private static readonly SearchValues<char> Characters = SearchValues.Create(Alphabet);

    private static ReadOnlySpan<byte> Values =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid,
        Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid,
        Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid,
        Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid,
        10, 11, 12, 13, Invalid, 14, 15, 16, 17, 18, 19, 20, 21, 22, Invalid, 23, 24, 25, 26, Invalid, Invalid,
        27, 28, 29, 30, 31,
    ];

    /// <summary>The number of characters that <paramref name="byteCount"/> bytes take.</summary>
    public static int GetEncodedLength(int byteCount) => ((byteCount * 8) + 4) / 5;

    /// <summary>Writes <paramref name="bytes"/> in base 32.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var length = GetEncodedLength(bytes.Length);
        var characters = length <= 128 ? stackalloc char[length] : new char[length];
        for (var n = 0; n < length; n++)
        {
            var bit = n * 5;
            var index = bit / 8;
            var shift = bit % 8;
            var value = bytes[index] >> shift;
            if (shift > 3 && index + 1 < bytes.Length)
            {
                value |= bytes[index + 1] << (8 - shift);
            }

            characters[length - 1 - n] = Alphabet[value & 0x1f];
        }

        return new string(characters);
    }

    /// <summary>Reads base 32.</summary>
    /// <exception cref="NixFormatException">A character outside the alphabet, a length that no number of bytes
    /// has, or bits left over.</exception>
    public static byte[] Decode(ReadOnlySpan<char> text) =>
        TryDecode(text, out var bytes, out var offset, out var why)
            ? bytes
            : throw new NixFormatException(NixErrorCodes.InvalidHash, $"'{text}' is not Nix base 32: {why}.", offset);

    /// <summary>Reads base 32; false where <see cref="Decode"/> would throw.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes) =>
        TryDecode(text, out bytes, out _, out _);

    /// <summary>Whether every character is one of the alphabet.</summary>
    public static bool IsAlphabetOnly(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Characters);

    private static bool TryDecode(
        ReadOnlySpan<char> text,
        [NotNullWhen(true)] out byte[]? bytes,
        out int offset,
        [NotNullWhen(false)] out string? why)
    {
        bytes = null;
        offset = 0;
        var byteCount = (int)(text.Length * 5L / 8);
        if (GetEncodedLength(byteCount) != text.Length)
        {
            why = $"{text.Length} characters are no whole number of bytes";
            return false;
        }

        var result = new byte[byteCount];
        for (var n = 0; n < text.Length; n++)
        {
            offset = text.Length - 1 - n;
            var value = ValueOf(text[offset]);
            if (value == Invalid)
            {
                why = $"'{text[offset]}' is not in its alphabet ({Alphabet})";
                return false;
            }

            var bit = n * 5;
            var index = bit / 8;
            var shift = bit % 8;
            result[index] |= (byte)(value << shift);
            var carry = value >> (8 - shift);
            if (index + 1 < byteCount)
            {
                result[index + 1] |= (byte)carry;
            }
            else if (carry != 0)
            {
                why = "bits are left over";
                return false;
            }
        }

        bytes = result;
        why = null;
        return true;
    }

    private static byte ValueOf(char character)
    {
        var index = character - '0';
        return (uint)index < (uint)Values.Length ? Values[index] : Invalid;
    }
}
