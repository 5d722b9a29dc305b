using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Images.Oci;

namespace NixSharp.Registries;

/// <summary>Reads and writes lists of referrers, which are image indexes, as strangers have written them.</summary>
internal static class ReferrersIndex
{
    private const int MaxEntries = 10_000;

    public static IReadOnlyList<Referrer> Read(ReadOnlySpan<byte> index, string from) => Read(Parse(index, from), from);

    public static IReadOnlyList<Referrer> Read(JObject index, string from)
    {
        var entries = Entries(index, from);
        return [.. entries.Select(entry => new Referrer
        {
            Descriptor = ImageJson.Descriptor(entry) ?? throw Malformed(from, "an entry is no descriptor"),
            ArtifactType = entry.Text("artifactType"),
            Annotations = ReadAnnotations(entry),
        })];
    }

    public static bool Contains(ReadOnlySpan<byte> index, OciDigest digest, string from) =>
        Read(index, from).Any(referrer => referrer.Descriptor.Digest == digest);

    /// <summary>The index with one more entry; the others stay as they are, with whatever else they say.</summary>
    public static byte[] Add(ReadOnlySpan<byte> index, Referrer referrer, string from)
    {
        var json = index.IsEmpty
            ? new JObject { ["schemaVersion"] = 2, ["mediaType"] = OciMediaTypes.Index, ["manifests"] = new JArray() }
            : Parse(index, from);
        var entries = Entries(json, from);
        var entry = ImageJson.Descriptor(referrer.Descriptor);
        if (referrer.ArtifactType is { } type)
        {
            entry["artifactType"] = type;
        }

        if (referrer.Annotations.Count > 0)
        {
            entry["annotations"] = new JObject(referrer.Annotations.Select(static pair => new JProperty(pair.Key, pair.Value)));
        }

        entries.Add(entry);
        return ImageJson.Write(json);
    }

    public static IReadOnlyDictionary<string, string> ReadAnnotations(JToken json) =>
        (json.Member("annotations") as JObject)?.Properties()
            .Where(static property => property.Value is JValue { Value: string })
            .ToDictionary(static property => property.Name, static property => (string)property.Value!) ?? [];

    public static JObject Parse(ReadOnlySpan<byte> text, string from)
    {
        try
        {
            return ImageJson.Parse(text) as JObject ?? throw Malformed(from, "it is no JSON object");
        }
        catch (JsonException error)
        {
            throw Malformed(from, error.Message.TrimEnd('.'), error);
        }
    }

    public static SupplyChainException Malformed(string from, string why, Exception? error = null) => new(
        NixErrorCodes.InvalidReferrer,
        $"{from} cannot be read: {why}. Find out who wrote it; deleting the tag or the manifest in the registry removes it.",
        error);

    private static JArray Entries(JObject index, string from)
    {
        var entries = index["manifests"] as JArray ?? throw Malformed(from, "it has no list of manifests");
        return entries.Count <= MaxEntries ? entries : throw Malformed(from, $"it lists more than {MaxEntries} manifests");
    }
}
