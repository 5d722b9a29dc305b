using Newtonsoft.Json.Linq;
using NixSharp.Json;

namespace NixSharp.Hashing;

/// <summary>Hashes in JSON: <c>"sha256-BASE64"</c>.</summary>
public static class NixHashJson
{
    /// <summary>Writes the SRI form.</summary>
    public static JValue Write(NixHash hash) => new(hash.ToString(HashFormat.Sri));

    /// <summary>Reads every text form that names its algorithm, and the object with <c>algorithm</c>, <c>format</c> and <c>hash</c> that Nix 2.32 printed.</summary>
    /// <exception cref="NixFormatException">The JSON is no hash, or one of an algorithm that is not supported.</exception>
    public static NixHash Read(JToken? json)
    {
        if (json is not JObject parts)
        {
            return NixHash.Parse(JsonNodes.Text(json, "a hash"));
        }

        var algorithm = NixHashAlgorithms.Parse(JsonNodes.Text(parts["algorithm"], "a hash's algorithm"));
        return NixHash.Parse(JsonNodes.Text(parts["hash"], "a hash's digest"), algorithm);
    }
}
