using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Hashing;
using NixSharp.Json;
using NixSharp.StorePaths;

namespace NixSharp.Derivations;

/// <summary>
/// Realisations in JSON as Nix 2.4 to 2.34 has them in its protocol and in binary caches:
/// <c>{"dependentRealisations": {...}, "id": "sha256:HEX!out", "outPath": "HASH-NAME", "signatures": [...]}</c>.
/// <see cref="BuildTraceEntryJson"/> is what came after.
/// </summary>
public static class RealisationJson
{
    /// <summary>Writes a realisation.</summary>
    public static JObject Write(Realisation realisation)
    {
        var json = WriteUnsigned(realisation);
        json["signatures"] = new JArray(realisation.Signatures);
        return json;
    }

    /// <summary>The text that a key signs.</summary>
    public static string GetFingerprint(Realisation realisation) => WriteUnsigned(realisation).ToString(Formatting.None);

    /// <summary>Reads a realisation; signatures and dependent realisations may be missing.</summary>
    /// <exception cref="NixFormatException">The JSON is no realisation.</exception>
    public static Realisation Read(JToken? json, StoreDirectory? directory = null)
    {
        var realisation = JsonNodes.Expect<JObject>(json, "a realisation");
        return new Realisation
        {
            Id = ReadId(JsonNodes.Text(realisation["id"], "a realisation's id")),
            OutputPath = StorePathJson.Read(realisation["outPath"], directory),
            Signatures = SignatureJson.ReadAll(realisation["signatures"]),
            DependentRealisations = JsonNodes.IsNothing(realisation["dependentRealisations"])
                ? new Dictionary<DerivationOutputId, StorePath>()
                : ReadDependencies(JsonNodes.Expect<JObject>(realisation["dependentRealisations"], "a map of realisations"), directory),
        };
    }

    private static Dictionary<DerivationOutputId, StorePath> ReadDependencies(JObject json, StoreDirectory? directory)
    {
        var paths = new Dictionary<DerivationOutputId, StorePath>();
        foreach (var property in json.Properties())
        {
            if (!paths.TryAdd(ReadId(property.Name), StorePathJson.Read(property.Value, directory)))
            {
                throw JsonNodes.Invalid($"the realisation '{property.Name}' is there twice");
            }
        }

        return paths;
    }

    private static DerivationOutputId ReadId(string text)
    {
        var mark = text.IndexOf('!', StringComparison.Ordinal);
        return mark < 0
            ? throw JsonNodes.Invalid($"'{text}' is not the id of a realisation, which looks like sha256:HEX!out")
            : new DerivationOutputId(NixHash.Parse(text.AsSpan(0, mark)), OutputsSpecJson.ReadName(new JValue(text[(mark + 1)..])));
    }

    private static JObject WriteUnsigned(Realisation realisation)
    {
        ArgumentNullException.ThrowIfNull(realisation);
        return new JObject
        {
            ["dependentRealisations"] = new JObject(realisation.DependentRealisations
                .Select(static pair => new JProperty(pair.Key.ToString(), StorePathJson.Write(pair.Value)))
                .OrderBy(static property => property.Name, StringComparer.Ordinal)),
            ["id"] = realisation.Id.ToString(),
            ["outPath"] = StorePathJson.Write(realisation.OutputPath),
        };
    }
}
