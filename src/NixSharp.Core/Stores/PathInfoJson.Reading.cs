using Newtonsoft.Json.Linq;
using NixSharp.Hashing;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

public static partial class PathInfoJson
{
    /// <summary>
    /// Reads every form that Nix has printed: a list up to 2.18; from 2.19 a map by path; in formats 2 and 3 an object
    /// with the map under <c>info</c>, base names, and structured content addresses and signatures.
    /// </summary>
    /// <exception cref="FormatException">The JSON is none of these.</exception>
    /// <exception cref="NixStoreException">A path is not valid.</exception>
    public static IReadOnlyList<PathInfo> Read(JToken json, StoreDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (json is JArray list)
        {
            return [.. list.Select(item => Read(JsonNodes.ReadPath(item["path"], directory), item, directory))];
        }

        var map = JsonNodes.Expect<JObject>(json, "a list or a map of paths");
        if (map["info"] is JObject inner)
        {
            map = inner;
        }

        return [.. map.Properties().Select(item => Read(JsonNodes.ReadPath(new JValue(item.Name), directory), item.Value, directory))];
    }

    private static PathInfo Read(StorePath path, JToken json, StoreDirectory directory)
    {
        if (json.Type == JTokenType.Null || json["valid"] is JValue { Value: false })
        {
            throw new NixStoreException(
                NixErrorCodes.PathNotValid,
                $"{path} is not valid in the store. Build or copy it first, or name the store that it is in.");
        }

        var info = JsonNodes.Expect<JObject>(json, "what is known of a path");
        return new PathInfo
        {
            Path = path,
            NarHash = NixHash.Parse(JsonNodes.Text(info["narHash"], "narHash")),
            NarSize = Number(info["narSize"]) ?? throw new FormatException("narSize was expected, and there is none."),
            References = [.. Items(info["references"]).Select(item => JsonNodes.ReadPath(item, directory)).Order()],
            Deriver = info["deriver"] is { Type: JTokenType.String } deriver ? JsonNodes.ReadPath(deriver, directory) : null,
            RegistrationTime = DateTimeOffset.FromUnixTimeSeconds(Number(info["registrationTime"]) ?? 0),
            Ultimate = info["ultimate"] is JValue { Value: true },
            Signatures = [.. Items(info["signatures"]).Select(ReadSignature)],
            ContentAddress = ReadContentAddress(info["ca"]),
        };
    }

    private static JArray Items(JToken? json) => json is null or { Type: JTokenType.Null } ? [] : JsonNodes.Expect<JArray>(json, "a list");

    private static long? Number(JToken? json) => json switch
    {
        null or { Type: JTokenType.Null } => null,
        { Type: JTokenType.Integer } => (long)json,
        _ => throw new FormatException($"a number was expected at '{json.Path}'."),
    };

    private static string ReadSignature(JToken json) => json is JObject signature
        ? $"{JsonNodes.Text(signature["keyName"], "keyName")}:{JsonNodes.Text(signature["sig"], "sig")}"
        : JsonNodes.Text(json, "a signature");

    private static ContentAddress? ReadContentAddress(JToken? json)
    {
        switch (json)
        {
            case null or { Type: JTokenType.Null }:
                return null;
            case JObject structured:
                var hash = NixHash.Parse(JsonNodes.Text(structured["hash"], "hash"));
                return JsonNodes.Text(structured["method"], "method") switch
                {
                    "text" => ContentAddress.Text(hash),
                    "flat" => ContentAddress.Fixed(FileIngestionMethod.Flat, hash),
                    "nar" => ContentAddress.Fixed(FileIngestionMethod.Recursive, hash),
                    var method => throw new FormatException($"the content addressing method '{method}' is not supported."),
                };
            default:
                return ContentAddress.Parse(JsonNodes.Text(json, "a content address"));
        }
    }
}
