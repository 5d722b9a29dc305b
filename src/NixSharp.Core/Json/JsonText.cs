using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace NixSharp.Json;

/// <summary>JSON text, read strictly and written as Nix writes it.</summary>
public static class JsonText
{
    // Recursion on what a stranger wrote must not end the process.
    private const int MaxDepth = 128;

    private static readonly JsonLoadSettings Strict = new() { DuplicatePropertyNameHandling = DuplicatePropertyNameHandling.Error };

    /// <summary>Reads one JSON value; nothing may follow it, no name may be there twice, and no string is taken for a date.</summary>
    /// <exception cref="NixFormatException">The text is no JSON.</exception>
    public static JToken Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Read(new StringReader(text));
    }

    /// <summary>Reads one JSON value, which is all that there is to read.</summary>
    /// <exception cref="NixFormatException">The text is no JSON.</exception>
    public static JToken Read(TextReader text) => Read(text, MaxDepth);

    internal static JToken Read(TextReader text, int maxDepth)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryRead(text, maxDepth, out var json, out var why)
            ? json
            : throw new NixFormatException(NixErrorCodes.InvalidJson, $"The JSON cannot be read: {why}. Check what wrote it, and that it is whole.");
    }

    internal static bool TryParse(string text, [NotNullWhen(true)] out JToken? json, [NotNullWhen(false)] out string? why) =>
        TryRead(new StringReader(text), MaxDepth, out json, out why);

    private static bool TryRead(TextReader text, int maxDepth, [NotNullWhen(true)] out JToken? json, [NotNullWhen(false)] out string? why)
    {
        (json, why) = (null, null);
        try
        {
            using var reader = new JsonTextReader(text) { MaxDepth = maxDepth, DateParseHandling = DateParseHandling.None, CloseInput = false };
            var read = JToken.ReadFrom(reader, Strict);
            if (reader.Read())
            {
                why = "something follows the value";
                return false;
            }

            json = read;
            return true;
        }
        catch (Exception error) when (error is JsonException or FormatException or OverflowException or ArgumentException)
        {
            why = error.Message.TrimEnd('.');
            return false;
        }
    }

    /// <summary>Writes a value as Nix's files have it: two spaces a level, and a line break at the end.</summary>
    public static string Format(JToken json)
    {
        ArgumentNullException.ThrowIfNull(json);
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        using (var writer = new JsonTextWriter(text) { Formatting = Formatting.Indented, CloseOutput = false })
        {
            json.WriteTo(writer);
        }

        text.Write('\n');
        return text.ToString();
    }
}
