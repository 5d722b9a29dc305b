using System.Buffers;
using System.Text;

namespace NixSharp.Derivations;

/// <summary>
/// Turns Nix's strings, which are bytes, into .NET's, and back, without loss: bytes that are not UTF-8 become the
/// lone surrogates U+DC80 to U+DCFF, one a byte.
/// </summary>
public static class ByteText
{
    private const int EscapeBase = 0xDC00;
    private const int FirstEscaped = 0x80;
    private const int LastEscaped = 0xFF;

    /// <summary>Orders strings as Nix does: by their bytes.</summary>
    public static IComparer<string> Comparer { get; } = Comparer<string>.Create(Compare);

    /// <summary>The string of some bytes.</summary>
    public static string FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        Span<char> pair = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var consumed) == OperationStatus.Done)
            {
                text.Append(pair[..rune.EncodeToUtf16(pair)]);
            }
            else
            {
                foreach (var value in bytes[..consumed])
                {
                    text.Append((char)(EscapeBase + value));
                }
            }

            bytes = bytes[consumed..];
        }

        return text.ToString();
    }

    /// <summary>The bytes of a string.</summary>
    /// <exception cref="NixFormatException">The string has surrogates that stand for no byte and no character.</exception>
    public static byte[] ToBytes(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return Encoding.UTF8.GetBytes(text);
        }

        var bytes = new ArrayBufferWriter<byte>(text.Length + 8);
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var consumed) == OperationStatus.Done)
            {
                bytes.Advance(rune.EncodeToUtf8(bytes.GetSpan(4)));
            }
            else if (rest[0] is >= (char)(EscapeBase + FirstEscaped) and <= (char)(EscapeBase + LastEscaped))
            {
                bytes.GetSpan(1)[0] = (byte)(rest[0] - EscapeBase);
                bytes.Advance(1);
            }
            else
            {
                throw new NixFormatException(
                    NixErrorCodes.InvalidByteText,
                    $"A string holds the lone surrogate U+{(int)rest[0]:X4}, which stands for no character and no byte. Correct the string.");
            }

            rest = rest[consumed..];
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static int Compare(string left, string right)
    {
        // UTF-16 and UTF-8 order alike up to surrogates, so that bytes are needed only where those decide.
        var same = left.AsSpan().CommonPrefixLength(right);
        return same == left.Length || same == right.Length ? left.Length.CompareTo(right.Length)
            : !char.IsSurrogate(left[same]) && !char.IsSurrogate(right[same]) ? left[same].CompareTo(right[same])
            : ToBytes(left).AsSpan().SequenceCompareTo(ToBytes(right));
    }
}
