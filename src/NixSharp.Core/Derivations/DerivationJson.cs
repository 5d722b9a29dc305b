using Newtonsoft.Json.Linq;
using NixSharp.Json;
using NixSharp.StorePaths;

namespace NixSharp.Derivations;

/// <summary>Derivations as JSON, in all layouts that <c>nix derivation show</c> has had.</summary>
public static class DerivationJson
{
    /// <summary>The layout of current releases of Nix.</summary>
    public const DerivationJsonFormat CurrentFormat = DerivationJsonFormat.Version4;

    /// <summary>What <c>nix derivation show</c> prints for some derivations.</summary>
    public static JObject Write(IReadOnlyDictionary<StorePath, Derivation> derivations, DerivationJsonFormat format = CurrentFormat)
    {
        ArgumentNullException.ThrowIfNull(derivations);
        var writer = new DerivationJsonWriter(format);
        var map = new JObject();
        foreach (var (path, derivation) in InByteOrder.Sorted(derivations))
        {
            map[writer.PathText(path)] = writer.Write(derivation);
        }

        return format < DerivationJsonFormat.Version4 ? map : new JObject { ["derivations"] = map, ["version"] = 4 };
    }

    /// <summary>One derivation, as <c>nix derivation add</c> takes it.</summary>
    public static JObject Write(Derivation derivation, DerivationJsonFormat format = CurrentFormat)
    {
        ArgumentNullException.ThrowIfNull(derivation);
        return new DerivationJsonWriter(format).Write(derivation);
    }

    /// <summary>Reads text in any layout: what <c>nix derivation show</c> prints, or one derivation.</summary>
    /// <param name="text">The text; bytes that are not UTF-8 stand in it as in <see cref="ByteText"/>.</param>
    /// <param name="name">The name of a derivation that stands alone in the oldest layout, which does not tell it.</param>
    /// <param name="directory">The store directory, <c>/nix/store</c> unless given.</param>
    /// <returns>The derivations by path. The path of one that stands alone is computed.</returns>
    /// <exception cref="NixFormatException">The text is no JSON, or no derivations.</exception>
    public static IReadOnlyDictionary<StorePath, Derivation> Parse(string text, string? name = null, StoreDirectory? directory = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return JsonText.TryParse(text, out var json, out var why)
            ? Read(json, name, directory)
            : throw DerivationJsonReader.Invalid($"it is no JSON: {why?.TrimEnd('.')}");
    }

    /// <summary>Reads JSON in any layout: what <c>nix derivation show</c> prints, or one derivation.</summary>
    /// <returns>The derivations by path. The path of one that stands alone is computed.</returns>
    /// <exception cref="NixFormatException">The JSON is no derivations.</exception>
    public static IReadOnlyDictionary<StorePath, Derivation> Read(JToken json, string? name = null, StoreDirectory? directory = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        var reader = new DerivationJsonReader(directory ?? StoreDirectory.Default);
        if (json is not JObject map)
        {
            throw DerivationJsonReader.Invalid("it is not a map");
        }

        if (map["outputs"] is not null && map["system"] is not null)
        {
            var derivation = reader.Read(map, name);
            return new Dictionary<StorePath, Derivation> { [derivation.ComputePath()] = derivation };
        }

        return reader.ReadMany(map["derivations"] is { } inner ? inner as JObject ?? throw DerivationJsonReader.Invalid("'derivations' is not a map") : map);
    }
}
