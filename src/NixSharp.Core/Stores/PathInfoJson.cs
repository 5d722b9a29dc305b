using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Hashing;
using NixSharp.Json;
using NixSharp.NarInfos;
using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>Path infos in the JSON of <c>nix path-info --json</c>, in every form that it has had.</summary>
public static partial class PathInfoJson
{
    /// <summary>Writes what is known of several paths, in the order given.</summary>
    /// <param name="infos">The paths.</param>
    /// <param name="format">The form; the default is what Nix 2.23 to 2.34 prints by itself.</param>
    /// <param name="closureSizeOf">Gives the size of a path's closure, in bytes, where that is wanted.</param>
    public static JToken Write(IEnumerable<PathInfo> infos, PathInfoJsonFormat format = PathInfoJsonFormat.Version1, Func<PathInfo, long>? closureSizeOf = null)
    {
        ArgumentNullException.ThrowIfNull(infos);
        return WriteAll(infos.Select(static info => KeyValuePair.Create(info.Path, (PathInfo?)info)), format, closureSizeOf);
    }

    /// <summary>Writes what is known of several paths, of which those without an info are not valid, in the order given.</summary>
    public static JToken WriteAll(
        IEnumerable<KeyValuePair<StorePath, PathInfo?>> infos,
        PathInfoJsonFormat format = PathInfoJsonFormat.Version1,
        Func<PathInfo, long>? closureSizeOf = null)
    {
        using var json = new JTokenWriter();
        WriteTo(json, infos, format, closureSizeOf);
        return json.Token!;
    }

    /// <summary>As <see cref="WriteAll"/>, one path after the other, so that a store of any size needs little memory.</summary>
    /// <param name="json">Takes the JSON; stays open.</param>
    /// <param name="infos">The paths.</param>
    /// <param name="format">The form.</param>
    /// <param name="closureSizeOf">Gives the size of a path's closure, in bytes, where that is wanted.</param>
    /// <param name="narInfoOf">Gives what a binary cache says besides, where the store is one.</param>
    public static void WriteTo(
        JsonWriter json,
        IEnumerable<KeyValuePair<StorePath, PathInfo?>> infos,
        PathInfoJsonFormat format = PathInfoJsonFormat.Version1,
        Func<PathInfo, long>? closureSizeOf = null,
        Func<PathInfo, NarInfo?>? narInfoOf = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(infos);
        if (format == PathInfoJsonFormat.List)
        {
            json.WriteStartArray();
            foreach (var (path, info) in infos)
            {
                (info is null ? new JObject { ["path"] = path.ToString(), ["valid"] = false } : Listed(info)).WriteTo(json);
            }

            json.WriteEndArray();
            return;
        }

        json.WriteStartObject();
        if (format != PathInfoJsonFormat.Version1)
        {
            json.WritePropertyName("info");
            json.WriteStartObject();
        }

        var directory = StoreDirectory.Default;
        foreach (var (path, info) in infos)
        {
            directory = path.Directory;
            json.WritePropertyName(format == PathInfoJsonFormat.Version1 ? path.ToString() : path.BaseName);
            (info is null ? (JToken)JValue.CreateNull() : Fields(info)).WriteTo(json);
        }

        if (format != PathInfoJsonFormat.Version1)
        {
            json.WriteEndObject();
            json.WritePropertyName("storeDir");
            json.WriteValue(directory.Path);
            json.WritePropertyName("version");
            json.WriteValue((int)format);
        }

        json.WriteEndObject();

        JObject Fields(PathInfo info)
        {
            var fields = WriteFields(info, format, contentOnly: false, closureSizeOf?.Invoke(info));
            return narInfoOf?.Invoke(info) is { } narInfo ? NarInfoJson.AddTo(fields, narInfo) : fields;
        }

        JObject Listed(PathInfo info)
        {
            var fields = WriteListed(info, closureSizeOf?.Invoke(info));
            return narInfoOf?.Invoke(info) is { } narInfo ? NarInfoJson.AddToListed(fields, narInfo) : fields;
        }
    }

    /// <summary>Writes what is known of one path, which is not named in it.</summary>
    /// <param name="info">The path.</param>
    /// <param name="format">The form; <see cref="PathInfoJsonFormat.List"/> has none for one path.</param>
    /// <param name="contentOnly">Leaves out what may differ from store to store: deriver, time, signatures and trust.</param>
    public static JObject WriteOne(PathInfo info, PathInfoJsonFormat format = PathInfoJsonFormat.Version2, bool contentOnly = false)
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentOutOfRangeException.ThrowIfEqual((int)format, (int)PathInfoJsonFormat.List, nameof(format));
        var json = WriteFields(info, format, contentOnly, closureSize: null);
        json["storeDir"] = info.Path.Directory.Path;
        json["version"] = (int)format;
        return Sort(json);
    }

    internal static JObject Sort(JObject json) => new(json.Properties().OrderBy(static property => property.Name, StringComparer.Ordinal));

    internal static JObject WriteFields(PathInfo info, PathInfoJsonFormat format, bool contentOnly, long? closureSize)
    {
        var isFirst = format == PathInfoJsonFormat.Version1;
        var json = new JObject
        {
            ["ca"] = info.ContentAddress is not { } address ? JValue.CreateNull() : isFirst ? address.ToString() : ContentAddressJson.Write(address),
        };
        if (closureSize is { } size)
        {
            json["closureSize"] = size;
        }

        if (!contentOnly)
        {
            json["deriver"] = info.Deriver is { } deriver ? WritePath(deriver) : JValue.CreateNull();
        }

        json["narHash"] = NixHashJson.Write(info.NarHash);
        json["narSize"] = info.NarSize;
        json["references"] = new JArray(info.References.Select(WritePath));
        if (!contentOnly)
        {
            json["registrationTime"] = info.RegistrationTime > DateTimeOffset.UnixEpoch ? info.RegistrationTime.ToUnixTimeSeconds() : JValue.CreateNull();
            json["signatures"] = format == PathInfoJsonFormat.Version3 ? new JArray(info.Signatures.Select(SignatureJson.Write)) : new JArray(info.Signatures);
            json["ultimate"] = info.Ultimate;
        }

        return json;

        string WritePath(StorePath path) => isFirst ? path.ToString() : path.BaseName;
    }

    private static JObject WriteListed(PathInfo info, long? closureSize)
    {
        var json = WriteFields(info, PathInfoJsonFormat.Version1, contentOnly: false, closureSize);
        json["path"] = info.Path.ToString();
        foreach (var empty in json.Properties().Where(static property => property.Name != "references" && property.Value is (JValue { Value: null or false } or JArray { Count: 0 })).ToList())
        {
            empty.Remove();
        }

        return Sort(json);
    }
}
