using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Json;
using NixSharp.StorePaths;

namespace NixSharp.Derivations;

/// <summary>
/// Entries of Nix's build trace in JSON: <c>{"key": {"drvPath": ..., "outputName": ...}, "value": {"outPath": ...,
/// "signatures": [...]}}</c>.
/// </summary>
public static class BuildTraceEntryJson
{
    /// <summary>Writes key and value.</summary>
    public static JObject Write(BuildTraceEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return new JObject { ["key"] = WriteKey(entry), ["value"] = WriteValue(entry.OutputPath, entry.Signatures) };
    }

    /// <summary>The text that a key signs.</summary>
    public static string GetFingerprint(BuildTraceEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var value = new JObject { ["outPath"] = StorePathJson.Write(entry.OutputPath) };
        return new JObject { ["key"] = WriteKey(entry), ["value"] = value }.ToString(Formatting.None);
    }

    /// <summary>Reads key and value; signatures may be structured or text.</summary>
    /// <exception cref="NixFormatException">The JSON is no such entry.</exception>
    public static BuildTraceEntry Read(JToken? json, StoreDirectory? directory = null)
    {
        var entry = JsonNodes.Expect<JObject>(json, "an entry of the build trace");
        var key = JsonNodes.Expect<JObject>(entry["key"], "an entry's key");
        var (path, signatures) = ReadValue(entry["value"], directory);
        return new BuildTraceEntry
        {
            Derivation = StorePathJson.Read(key["drvPath"], directory),
            OutputName = OutputsSpecJson.ReadName(key["outputName"]),
            OutputPath = path,
            Signatures = signatures,
        };
    }

    /// <summary>Writes a value alone, as build results hold it.</summary>
    public static JObject WriteValue(StorePath outputPath, IReadOnlyList<string> signatures)
    {
        ArgumentNullException.ThrowIfNull(signatures);
        return new JObject { ["outPath"] = StorePathJson.Write(outputPath), ["signatures"] = new JArray(signatures.Select(SignatureJson.Write)) };
    }

    /// <summary>Reads a value alone.</summary>
    /// <exception cref="NixFormatException">The JSON is no such value.</exception>
    public static (StorePath OutputPath, IReadOnlyList<string> Signatures) ReadValue(JToken? json, StoreDirectory? directory = null)
    {
        var value = JsonNodes.Expect<JObject>(json, "what an output became");
        return (StorePathJson.Read(value["outPath"], directory), SignatureJson.ReadAll(value["signatures"]));
    }

    private static JObject WriteKey(BuildTraceEntry entry) =>
        new() { ["drvPath"] = StorePathJson.Write(entry.Derivation), ["outputName"] = entry.OutputName };
}
