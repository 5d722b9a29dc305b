using Newtonsoft.Json.Linq;
using NixSharp.Images.Oci;

namespace NixSharp.Images;

/// <summary>What an image says of itself; no layer is read or made for it.</summary>
public sealed record ImageInspection
{
    private static readonly string[] Lists = ["Env", "Entrypoint", "Cmd"];
    private static readonly string[] Sets = ["ExposedPorts", "Volumes"];

    /// <summary>The reference by which the image was found in a registry.</summary>
    public string? Name { get; private init; }

    /// <summary>The manifest's digest, where there is a manifest.</summary>
    public OciDigest? Digest { get; private init; }

    /// <summary>The digest of the configuration: the image's id. Null as long as the image has not been made.</summary>
    public OciDigest? ConfigDigest { get; private init; }

    /// <summary>What the image runs on.</summary>
    public OciPlatform? Platform { get; private init; }

    /// <summary>When the image was made, as it says.</summary>
    public string? Created { get; private init; }

    /// <summary>Who made the image.</summary>
    public string? Author { get; private init; }

    /// <summary>The configuration; without the digests of layers as long as they have not been made.</summary>
    public JObject Configuration { get; private init; } = [];

    /// <summary>The annotations of the manifest.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; private init; } = new Dictionary<string, string>();

    /// <summary>The layers, and the store paths in them.</summary>
    public required ImageContents Contents { get; init; }

    /// <summary>How its containers run, as lines of text: variables, entry point, ports and so on, each by its name in configurations.</summary>
    public IEnumerable<KeyValuePair<string, string>> Run => (Configuration["config"] as JObject ?? []).Properties().SelectMany(static member =>
        Lists.Contains(member.Name) && member.Value is JArray list ? member.Name == "Env" ? list.Select(item => Line(member.Name, item)) : [KeyValuePair.Create(member.Name, list.ToString(Newtonsoft.Json.Formatting.None))]
        : Sets.Contains(member.Name) && member.Value is JObject set ? set.Properties().Select(entry => KeyValuePair.Create(member.Name, entry.Name))
        : member is { Name: "Labels", Value: JObject labels } ? labels.Properties().Select(entry => KeyValuePair.Create("Label", $"{entry.Name}={entry.Value}"))
        : member.Value.Type == JTokenType.Null ? []
        : [Line(member.Name, member.Value)]);

    /// <summary>Looks at an image.</summary>
    /// <exception cref="ImageException">The configuration is damaged.</exception>
    public static ImageInspection Of(ContainerImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var text = image.FindConfiguration();
        var configuration = image.ReadConfig(text is null ? new OciDigest[image.Layers.Count] : [.. image.WritableLayers.Select(static layer => layer.Descriptor?.DiffId ?? (layer as TarLayer)?.DiffId ?? default)]);
        if (text is null)
        {
            configuration.Remove("rootfs");
        }

        var manifest = image.Digest is null ? null : ImageJson.Parse(image.GetManifest().Manifest.Span);
        return new ImageInspection
        {
            Name = image.Name,
            Digest = image.Digest,
            ConfigDigest = text is { } known ? OciDigest.Compute(known.Span) : null,
            Platform = ImagePlatforms.ReadPlatform(configuration),
            Created = configuration.Text("created"),
            Author = configuration.Text("author"),
            Configuration = configuration,
            Annotations = ImageJson.Annotations(manifest).ToDictionary(),
            Contents = ImageContents.Of(image),
        };
    }

    private static KeyValuePair<string, string> Line(string name, JToken value) =>
        KeyValuePair.Create(name, value is JValue { Value: string text } ? text : value.ToString(Newtonsoft.Json.Formatting.None));
}
