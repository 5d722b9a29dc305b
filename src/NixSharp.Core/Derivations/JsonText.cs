using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace NixSharp.Derivations;

/// <summary>Reads JSON from strangers: no dates, no comments, nothing behind it, no key twice, no great depth.</summary>
internal static class JsonText
{
    private const int MaxDepth = 128;

    public static bool TryParse(string text, [NotNullWhen(true)] out JToken? json, out string? why)
    {
        (json, why) = (null, null);
        using var reader = new JsonTextReader(new StringReader(text))
        {
            DateParseHandling = DateParseHandling.None,
            FloatParseHandling = FloatParseHandling.Double,
            MaxDepth = MaxDepth,
        };
        try
        {
            var read = JToken.Load(reader, new JsonLoadSettings { DuplicatePropertyNameHandling = DuplicatePropertyNameHandling.Error });
            while (reader.Read())
            {
                if (reader.TokenType != JsonToken.Comment)
                {
                    why = "something follows its end";
                    return false;
                }
            }

            json = read;
            return true;
        }
        catch (Exception error) when (error is JsonException or FormatException or OverflowException or ArgumentException)
        {
            why = error.Message;
            return false;
        }
    }
}
