using Newtonsoft.Json.Linq;
using NixSharp.Hashing;
using NixSharp.Json;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

public static partial class PathInfoJson
{
    /// <summary>Reads every form that Nix has printed; see <see cref="PathInfoJsonFormat"/>.</summary>
    /// <exception cref="NixFormatException">The JSON is none of these.</exception>
    /// <exception cref="NixStoreException">A path is not valid.</exception>
    public static IReadOnlyList<PathInfo> Read(JToken json, StoreDirectory? directory = null) =>
    [
        .. ReadAll(json, directory).Select(static pair => pair.Value
            ?? throw new NixStoreException(
                NixErrorCodes.PathNotValid,
                $"{pair.Key} is not valid in the store. Build or copy it first, or name the store that it is in.")),
    ];

    /// <summary>Reads every form that Nix has printed, and gives no info of those paths that are not valid.</summary>
    /// <exception cref="NixFormatException">The JSON is none of these.</exception>
    public static IReadOnlyList<KeyValuePair<StorePath, PathInfo?>> ReadAll(JToken json, StoreDirectory? directory = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        directory ??= StoreDirectory.Default;
        if (json is JArray list)
        {
            return [.. list.Select(item =>
            {
                var info = JsonNodes.Expect<JObject>(item, "what is known of a path");
                return ReadEntry(JsonNodes.ReadPath(info["path"], directory), info, directory);
            })];
        }

        var map = JsonNodes.Expect<JObject>(json, "a list or a map of paths");
        if (map["info"] is JObject inner)
        {
            directory = ReadDirectory(map, directory);
            RefuseUnknownVersion(map);
            map = inner;
        }

        return [.. map.Properties().Select(item => ReadEntry(JsonNodes.ReadPath(new JValue(item.Name), directory), item.Value, directory))];
    }

    /// <summary>Reads what is known of one path.</summary>
    /// <param name="json">What <see cref="WriteOne"/> writes, or an entry of a list or map.</param>
    /// <param name="path">The path, which the JSON need not name.</param>
    /// <exception cref="NixFormatException">The JSON is something else, or about another path or store directory.</exception>
    public static PathInfo ReadOne(JToken json, StorePath path)
    {
        ArgumentNullException.ThrowIfNull(json);
        var info = JsonNodes.Expect<JObject>(json, "what is known of a path");
        RefuseUnknownVersion(info);
        _ = ReadDirectory(info, path.Directory);
        return JsonNodes.IsNothing(info["path"]) || JsonNodes.ReadPath(info["path"], path.Directory) == path
            ? ReadFields(path, info)
            : throw JsonNodes.Invalid($"it is about '{info["path"]}', and {path} was asked for");
    }

    private static KeyValuePair<StorePath, PathInfo?> ReadEntry(StorePath path, JToken json, StoreDirectory directory)
    {
        if (json.Type == JTokenType.Null || json is JObject && json["valid"] is JValue { Value: false })
        {
            return new(path, null);
        }

        var info = JsonNodes.Expect<JObject>(json, "what is known of a path");
        RefuseUnknownVersion(info);
        _ = ReadDirectory(info, directory);
        return new(path, ReadFields(path, info));
    }

    private static PathInfo ReadFields(StorePath path, JObject info) => new()
    {
        Path = path,
        NarHash = NixHashJson.Read(info["narHash"]),
        NarSize = JsonNodes.Number(info["narSize"], "narSize") ?? throw JsonNodes.Missing(info["narSize"], "narSize"),
        References = [.. JsonNodes.Items(info["references"], "a list of references").Select(item => JsonNodes.ReadPath(item, path.Directory)).Distinct().Order()],
        Deriver = JsonNodes.IsNothing(info["deriver"]) ? null : JsonNodes.ReadPath(info["deriver"], path.Directory),
        RegistrationTime = JsonNodes.Time(info["registrationTime"], "registrationTime") ?? DateTimeOffset.UnixEpoch,
        Ultimate = JsonNodes.Boolean(info["ultimate"], "ultimate") ?? false,
        Signatures = SignatureJson.ReadAll(info["signatures"]),
        ContentAddress = JsonNodes.IsNothing(info["ca"]) ? null : ContentAddressJson.Read(info["ca"]),
    };

    /// <summary>The store directory that JSON names, which may be no other than the one expected.</summary>
    private static StoreDirectory ReadDirectory(JObject json, StoreDirectory expected) =>
        JsonNodes.IsNothing(json["storeDir"]) || JsonNodes.Text(json["storeDir"], "a store directory") is var named && named == expected.Path
            ? expected
            : throw JsonNodes.Invalid($"it is about the store directory '{json["storeDir"]}', and {expected} was expected");

    private static void RefuseUnknownVersion(JObject json)
    {
        if (JsonNodes.Number(json["version"], "a version") is < 1 or > 3)
        {
            throw JsonNodes.Invalid($"version {json["version"]} of path infos is not known");
        }
    }
}
