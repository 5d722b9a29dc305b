using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Json;
using NixSharp.Processes;
using NixSharp.StorePaths;

namespace NixSharp.Flakes;

/// <summary>What <c>nix</c> prints with <c>--json</c>.</summary>
internal static class NixJson
{
    // Evaluated values may nest as deep as their author likes; recursion must not end the process.
    private const int MaxDepth = 512;

    /// <summary>Reads with one coded error for all that can be wrong.</summary>
    public static T Read<T>(string command, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is JsonException or NixFormatException or FormatException or OverflowException or ArgumentException or InvalidOperationException)
        {
            throw new NixProcessException(
                NixErrorCodes.NixOutputNotUnderstood,
                $"'{command}' answered in a form that is not understood: {exception.Message} Check 'nix --version', and that no wrapper prints something of its own.",
                command,
                exception);
        }
    }

    public static JToken Parse(string text)
    {
        using var reader = new JsonTextReader(new StringReader(text)) { MaxDepth = MaxDepth, DateParseHandling = DateParseHandling.None };
        return JToken.ReadFrom(reader);
    }

    public static IReadOnlyList<NixBuildResult> ReadBuildResults(JToken json, StoreDirectory directory) =>
        [.. JsonNodes.Expect<JArray>(json, "a list of results").Select(item => ReadBuildResult(item, directory))];

    private static NixBuildResult ReadBuildResult(JToken json, StoreDirectory directory)
    {
        if (json is JValue)
        {
            return Opaque(json, directory);
        }

        var result = JsonNodes.Expect<JObject>(json, "a result");
        if (result["outputs"] is not JObject outputs)
        {
            return Opaque(result["path"], directory);
        }

        return new NixBuildResult
        {
            DerivationPath = result["drvPath"] is { Type: JTokenType.String } derivation ? JsonNodes.ReadPath(derivation, directory) : null,
            Outputs = outputs.Properties().ToDictionary(property => property.Name, property => JsonNodes.ReadPath(property.Value, directory)),
        };
    }

    private static NixBuildResult Opaque(JToken? path, StoreDirectory directory) =>
        new() { Outputs = new Dictionary<string, StorePath> { ["out"] = JsonNodes.ReadPath(path, directory) } };
}
