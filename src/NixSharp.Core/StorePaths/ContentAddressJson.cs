using Newtonsoft.Json.Linq;
using NixSharp.Hashing;
using NixSharp.Json;

namespace NixSharp.StorePaths;

/// <summary>Content addresses in JSON: <c>{"hash": "sha256-...", "method": "nar"}</c>.</summary>
public static class ContentAddressJson
{
    /// <summary>Writes hash and method.</summary>
    public static JObject Write(ContentAddress address) => new()
    {
        ["hash"] = NixHashJson.Write(address.Hash),
        ["method"] = address.AddressMethod.GetName(),
    };

    /// <summary>Reads hash and method, or the text form of older versions, such as <c>fixed:r:sha256:...</c>.</summary>
    /// <exception cref="NixFormatException">The JSON is no content address, or one by a method that is not supported.</exception>
    public static ContentAddress Read(JToken? json)
    {
        if (json is not JObject parts)
        {
            return ContentAddress.Parse(JsonNodes.Text(json, "a content address"));
        }

        var hash = NixHashJson.Read(parts["hash"]);
        var name = JsonNodes.Text(parts["method"], "a content address's method");
        return ContentAddressMethods.TryParse(name, out var method)
            ? ContentAddress.Of(method, hash)
            : throw JsonNodes.Invalid($"the content addressing method '{name}' is not supported");
    }
}
