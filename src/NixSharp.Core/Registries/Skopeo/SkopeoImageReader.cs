using System.Globalization;
using Newtonsoft.Json.Linq;
using NixSharp.Images.Oci;

namespace NixSharp.Registries.Skopeo;

/// <summary>Reads what <c>skopeo inspect</c> and <c>skopeo list-tags</c> print.</summary>
internal static class SkopeoImageReader
{
    /// <summary>Reads what skopeo printed; null where a part that has to be there is not, or is another kind of thing.</summary>
    public static SkopeoImage? TryRead(JObject json)
    {
        if (!OciDigest.TryParse(Text(json["Digest"]), out var digest) || ReadLayers(json) is not { } layers)
        {
            return null;
        }

        var hasTime = DateTimeOffset.TryParse(Text(json["Created"]), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var created);
        return new SkopeoImage
        {
            Name = Text(json["Name"]) ?? "",
            Digest = digest,
            Tags = Texts(json["RepoTags"]),
            Created = hasTime && created.Year > 1 ? created : null,
            Architecture = Text(json["Architecture"]) ?? "",
            OperatingSystem = Text(json["Os"]) ?? "",
            Labels = (json["Labels"] as JObject ?? []).Properties().ToDictionary(static label => label.Name, static label => Text(label.Value) ?? ""),
            Environment = Texts(json["Env"]),
            Layers = layers,
        };
    }

    /// <summary>The texts of an array; none where there is no array.</summary>
    public static IReadOnlyList<string> Texts(JToken? json) => [.. (json as JArray ?? []).Select(Text).OfType<string>()];

    private static string? Text(JToken? json) => json is JValue { Value: string text } ? text : null;

    private static List<SkopeoLayer>? ReadLayers(JObject json)
    {
        var data = json["LayersData"] as JArray;
        var layers = new List<SkopeoLayer>();
        foreach (var text in data is null ? Texts(json["Layers"]) : data.Select(static layer => Text((layer as JObject)?["Digest"]) ?? ""))
        {
            if (!OciDigest.TryParse(text, out var digest))
            {
                return null;
            }

            var details = data?[layers.Count];
            layers.Add(new SkopeoLayer(digest, (details?["Size"] as JValue)?.Value as long?, Text(details?["MIMEType"])));
        }

        return layers;
    }
}
