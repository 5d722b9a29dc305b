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
    public static JToken Read(TextReader text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            using var reader = new JsonTextReader(text) { MaxDepth = MaxDepth, DateParseHandling = DateParseHandling.None, CloseInput = false };
            var json = JToken.ReadFrom(reader, Strict);
            return reader.Read() ? throw new JsonReaderException("something follows the value") : json;
        }
        catch (Exception error) when (error is JsonException or FormatException or OverflowException or ArgumentException)
        {
            throw new NixFormatException(
                NixErrorCodes.InvalidJson,
                $"The JSON cannot be read: {error.Message.TrimEnd('.')}. Check what wrote it, and that it is whole.",
                innerException: error);
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
