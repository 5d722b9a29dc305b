using Newtonsoft.Json.Linq;

namespace NixSharp.Json;

/// <summary>Signatures in JSON: <c>{"keyName": "...", "sig": "BASE64"}</c> since Nix 2.35, <c>"keyName:BASE64"</c> before.</summary>
public static class SignatureJson
{
    /// <summary>Writes the structured form.</summary>
    /// <param name="signature"><c>key-name:base64</c>.</param>
    /// <exception cref="NixFormatException">The signature does not name its key, as those of old versions may not.</exception>
    public static JObject Write(string signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        var colon = signature.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            ? new JObject { ["keyName"] = signature[..colon], ["sig"] = signature[(colon + 1)..] }
            : throw JsonNodes.Invalid($"the signature '{signature}' names no key, and this form needs one");
    }

    /// <summary>Reads either form.</summary>
    /// <exception cref="NixFormatException">The JSON is no signature.</exception>
    public static string Read(JToken? json) => json is JObject signature
        ? $"{KeyName(signature["keyName"])}:{JsonNodes.Text(signature["sig"], "a signature's bytes")}"
        : JsonNodes.Text(json, "a signature");

    internal static IReadOnlyList<string> ReadAll(JToken? json) => [.. JsonNodes.Items(json, "a list of signatures").Select(Read)];

    private static string KeyName(JToken? json) =>
        JsonNodes.Text(json, "the name of a signature's key") is var name && name.Length > 0 && !name.Contains(':', StringComparison.Ordinal)
            ? name
            : throw JsonNodes.Missing(json, "the name of a signature's key, without a colon,");
}
