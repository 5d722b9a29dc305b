using System.Buffers;
using System.Text;

namespace NixSharp.Derivations;

/// <summary>Writes the words of an ATerm.</summary>
internal readonly struct AtermWriter(IBufferWriter<byte> output)
{
    private static readonly SearchValues<char> Special = SearchValues.Create("\"\\\n\r\t");

    public void Raw(ReadOnlySpan<byte> bytes) => output.Write(bytes);

    /// <summary>A string whose characters may need a backslash, or stand for bytes that are not UTF-8.</summary>
    public void String(string text)
    {
        Raw("\""u8);
        var rest = text.AsSpan();
        for (var special = rest.IndexOfAny(Special); special >= 0; special = rest.IndexOfAny(Special))
        {
            Text(rest[..special]);
            Raw(rest[special] switch
            {
                '\n' => "\\n"u8,
                '\r' => "\\r"u8,
                '\t' => "\\t"u8,
                '"' => "\\\""u8,
                _ => "\\\\"u8,
            });
            rest = rest[(special + 1)..];
        }

        Text(rest);
        Raw("\""u8);
    }

    /// <summary>A string in two parts that is known to need no backslash.</summary>
    public void Plain(ReadOnlySpan<char> text, ReadOnlySpan<char> more = default)
    {
        Raw("\""u8);
        Text(text);
        Text(more);
        Raw("\""u8);
    }

    public void Strings(IEnumerable<string> texts)
    {
        Raw("["u8);
        var separator = ReadOnlySpan<byte>.Empty;
        foreach (var text in texts)
        {
            Raw(separator);
            String(text);
            separator = ","u8;
        }

        Raw("]"u8);
    }

    /// <summary>Characters as they are, without quotes and backslashes.</summary>
    public void Text(ReadOnlySpan<char> text)
    {
        if (text.ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            Raw(ByteText.ToBytes(text.ToString()));
        }
        else if (!text.IsEmpty)
        {
            Encoding.UTF8.GetBytes(text, output);
        }
    }
}
