using Newtonsoft.Json.Linq;
using NixSharp.Json;

namespace NixSharp.StorePaths;

/// <summary>Store paths in JSON: <c>"HASH-NAME"</c>, or the whole path in older forms.</summary>
public static class StorePathJson
{
    /// <summary>Writes the base name, as every JSON of Nix since 2.32 has it.</summary>
    public static JValue Write(StorePath path) => new(path.BaseName);

    /// <summary>Reads a base name or a whole path.</summary>
    /// <exception cref="NixFormatException">The JSON is no store path, or one of another store directory.</exception>
    public static StorePath Read(JToken? json, StoreDirectory? directory = null) => JsonNodes.ReadPath(json, directory ?? StoreDirectory.Default);
}
