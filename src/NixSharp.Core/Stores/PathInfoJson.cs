using Newtonsoft.Json.Linq;
using NixSharp.Hashing;

namespace NixSharp.Stores;

/// <summary>Path infos in the JSON of <c>nix path-info --json</c>.</summary>
public static partial class PathInfoJson
{
    /// <summary>Writes version 1, which Nix 2.23 to 2.33 print: one object, keyed by whole store paths, in the order given.</summary>
    /// <param name="infos">The paths.</param>
    /// <param name="closureSizeOf">Gives the size of a path's closure, in bytes, where that is wanted.</param>
    public static JObject Write(IEnumerable<PathInfo> infos, Func<PathInfo, long>? closureSizeOf = null)
    {
        ArgumentNullException.ThrowIfNull(infos);
        var result = new JObject();
        foreach (var info in infos)
        {
            result[info.Path.ToString()] = Write(info, closureSizeOf?.Invoke(info));
        }

        return result;
    }

    private static JObject Write(PathInfo info, long? closureSize)
    {
        var node = new JObject { ["ca"] = info.ContentAddress?.ToString() };
        if (closureSize is { } size)
        {
            node["closureSize"] = size;
        }

        node["deriver"] = info.Deriver?.ToString();
        node["narHash"] = info.NarHash.ToString(HashFormat.Sri);
        node["narSize"] = info.NarSize;
        node["references"] = new JArray(info.References.Select(static path => path.ToString()));
        node["registrationTime"] = info.RegistrationTime.ToUnixTimeSeconds();
        node["signatures"] = new JArray(info.Signatures);
        node["ultimate"] = info.Ultimate;
        return node;
    }
}
