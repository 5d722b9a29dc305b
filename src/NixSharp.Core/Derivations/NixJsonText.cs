using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;

namespace NixSharp.Derivations;

/// <summary>Writes JSON to the byte as Nix's library does, because the text of structured attributes is hashed: no white space, keys in byte order.</summary>
internal static class NixJsonText
{
    private const int LargestPlainExponent = 15;
    private const int SmallestPlainExponent = -4;

    public static string Write(JToken json)
    {
        var text = new StringBuilder();
        Write(json, text);
        return text.ToString();
    }

    private static void Write(JToken json, StringBuilder text)
    {
        switch (json)
        {
            case JObject map:
                var separator = '{';
                foreach (var property in map.Properties().OrderBy(static property => property.Name, ByteText.Comparer))
                {
                    text.Append(separator);
                    WriteString(property.Name, text);
                    text.Append(':');
                    Write(property.Value, text);
                    separator = ',';
                }

                text.Append(map.Count == 0 ? "{}" : "}");
                break;
            case JArray list:
                text.Append('[');
                for (var i = 0; i < list.Count; i++)
                {
                    text.Append(i == 0 ? "" : ",");
                    Write(list[i], text);
                }

                text.Append(']');
                break;
            default:
                WriteValue((JValue)json, text);
                break;
        }
    }

    private static void WriteValue(JValue value, StringBuilder text)
    {
        switch (value.Value)
        {
            case null:
                text.Append("null");
                break;
            case bool truth:
                text.Append(truth ? "true" : "false");
                break;
            case double or float or decimal:
                text.Append(Number(Convert.ToDouble(value.Value, CultureInfo.InvariantCulture)));
                break;
            case System.Numerics.BigInteger large when large < long.MinValue || large > ulong.MaxValue:
                text.Append(Number((double)large));
                break;
            case string characters:
                WriteString(characters, text);
                break;
            default:
                text.Append(Convert.ToString(value.Value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static string Number(double value)
    {
        if (!double.IsFinite(value))
        {
            return "null";
        }

        if (value == 0)
        {
            return double.IsNegative(value) ? "-0.0" : "0.0";
        }

        // The shortest digits that read back to the same number, and where the point stands among them.
        var parts = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture).Split('E');
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var all = parts[0].Replace(".", "", StringComparison.Ordinal);
        var leading = all.Length - all.TrimStart('0').Length;
        var digits = all.Trim('0');
        var exponent = (point < 0 ? parts[0].Length : point) - leading + (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
        var sign = value < 0 ? "-" : "";
        if (digits.Length <= exponent && exponent <= LargestPlainExponent)
        {
            return $"{sign}{digits.PadRight(exponent, '0')}.0";
        }

        if (exponent > 0 && exponent <= LargestPlainExponent)
        {
            return $"{sign}{digits[..exponent]}.{digits[exponent..]}";
        }

        if (exponent is > SmallestPlainExponent and <= 0)
        {
            return $"{sign}0.{new string('0', -exponent)}{digits}";
        }

        var scientific = digits.Length == 1 ? digits : $"{digits[..1]}.{digits[1..]}";
        return $"{sign}{scientific}e{(exponent <= 0 ? '-' : '+')}{Math.Abs(exponent - 1):00}";
    }

    private static void WriteString(string characters, StringBuilder text)
    {
        text.Append('"');
        foreach (var character in characters)
        {
            text.Append(character switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' => $"\\u{(int)character:x4}",
                _ => character.ToString(),
            });
        }

        text.Append('"');
    }
}
