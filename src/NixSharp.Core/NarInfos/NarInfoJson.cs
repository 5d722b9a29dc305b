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
        var json = PathInfoJson.WriteOne(info.PathInfo, format);
        json["compression"] = info.Compression;
        json["downloadHash"] = info.FileHash is { } hash ? NixHashJson.Write(hash) : JValue.CreateNull();
        json["downloadSize"] = info.FileSize is { } size ? size : JValue.CreateNull();
        json["url"] = info.Url;
        return PathInfoJson.Sort(json);
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
}
