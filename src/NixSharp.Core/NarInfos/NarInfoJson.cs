using Newtonsoft.Json.Linq;
using NixSharp.Hashing;
using NixSharp.Json;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.NarInfos;

/// <summary>Narinfos in JSON: path infos with <c>url</c>, <c>compression</c>, <c>downloadHash</c> and <c>downloadSize</c>.</summary>
public static class NarInfoJson
{
    /// <summary>Writes what is known of one path, which is not named in it.</summary>
    public static JObject Write(NarInfo info, PathInfoJsonFormat format = PathInfoJsonFormat.Version2)
    {
        ArgumentNullException.ThrowIfNull(info);
        return AddTo(PathInfoJson.WriteOne(info.PathInfo, format), info);
    }

    /// <summary>Reads what is known of one path.</summary>
    /// <exception cref="NixFormatException">The JSON is something else, or a path info without a URL.</exception>
    public static NarInfo Read(JToken json, StorePath path)
    {
        var info = PathInfoJson.ReadOne(json, path);
        return new NarInfo
        {
            PathInfo = info,
            Url = JsonNodes.Text(json["url"], "url"),
            Compression = JsonNodes.IsNothing(json["compression"]) ? "bzip2" : JsonNodes.Text(json["compression"], "compression"),
            FileHash = JsonNodes.IsNothing(json["downloadHash"]) ? null : NixHashJson.Read(json["downloadHash"]),
            FileSize = JsonNodes.Number(json["downloadSize"], "downloadSize"),
        };
    }

    /// <summary>The JSON of a path info with what a cache says besides.</summary>
    internal static JObject AddTo(JObject json, NarInfo info)
    {
        json["compression"] = info.Compression;
        json["downloadHash"] = info.FileHash is { } hash ? NixHashJson.Write(hash) : JValue.CreateNull();
        json["downloadSize"] = info.FileSize is { } size ? size : JValue.CreateNull();
        json["url"] = info.Url;
        return PathInfoJson.Sort(json);
    }

    /// <summary>The same in the form that Nix up to 2.18 printed.</summary>
    internal static JObject AddToListed(JObject json, NarInfo info)
    {
        json["url"] = info.Url;
        if (info.FileHash is { } hash)
        {
            json["downloadHash"] = hash.ToString(HashFormat.Sri);
        }

        if (info.FileSize is { } size)
        {
            json["downloadSize"] = size;
        }

        return PathInfoJson.Sort(json);
    }
}
