using Newtonsoft.Json.Linq;
using NixSharp.Images.Oci;

namespace NixSharp.Images;

/// <summary>What an image takes over from the image below it, as <c>docker build</c> does.</summary>
internal sealed class BaseImage
{
    // Of Docker's schema, without what was meant for the build of the next image only.
    private static readonly string[] KeptRunMembers = ["StopTimeout", "Shell", "ArgsEscaped"];

    private readonly ContainerImage _image;
    private readonly JObject _config;
    private readonly string _name;

    /// <summary>Reads the configuration of <paramref name="image"/>.</summary>
    /// <exception cref="ImageException">It is damaged, or has layers that cannot be taken over.</exception>
    public BaseImage(ContainerImage image)
    {
        _image = image;
        _name = image.Name ?? "the base image";
        _config = image.ReadConfig(new OciDigest[image.Layers.Count]);

        // What is made here has the right media type already, and an identity by which registries know it again.
        Layers = [.. image.WritableLayers.Select(static layer => layer is TarLayer ? layer : new BaseLayer(layer))];
        if (Layers.FirstOrDefault(static layer => layer.Descriptor?.Blob.MediaType.Contains("foreign", StringComparison.Ordinal) == true) is { } foreign)
        {
            throw new ImageException(NixErrorCodes.UnsupportedImage, $"{_name} cannot be a base: its layer {foreign.Name} may not be distributed. Choose another image.");
        }

        Platform = ImagePlatforms.ReadPlatform(_config) ?? throw Damaged("says on which platform it runs");
        Run = _config.Member("config") as JObject ?? [];
        foreach (var name in (string[])["Env", "Entrypoint", "Cmd"])
        {
            Texts(name);
        }
    }

    public IReadOnlyList<IWritableLayer> Layers { get; }

    public OciPlatform Platform { get; }

    public string? Author => _config.Text("author");

    /// <summary>How its containers run, in the words of configurations.</summary>
    public JObject Run { get; }

    /// <summary>The variables, in their order; a later one by the same name has taken the place of the earlier.</summary>
    public IEnumerable<KeyValuePair<string, string>> Environment => Texts("Env").Select(static text => text.Split('=', 2) is [var name, var value]
        ? KeyValuePair.Create(name, value)
        : KeyValuePair.Create(text, ""));

    /// <summary>Members of the configuration that have no option here.</summary>
    public IEnumerable<JProperty> Others => Run.Properties().Where(static member => KeptRunMembers.Contains(member.Name));

    /// <summary>The annotations that say on what an image is based.</summary>
    public IEnumerable<KeyValuePair<string, string>> Annotations
    {
        get
        {
            if (_image.Digest is { } digest)
            {
                yield return new(OciAnnotations.BaseDigest, digest.ToString());
            }

            if (_image.Name is { } name)
            {
                yield return new(OciAnnotations.BaseName, name);
            }
        }
    }

    /// <summary>A list of texts; empty where it is missing.</summary>
    public IReadOnlyList<string> Texts(string name) => Run[name] switch
    {
        null or { Type: JTokenType.Null } => [],
        JArray list when list.All(static item => item.Type == JTokenType.String) => [.. list.Select(static item => (string)item!)],
        _ => throw Damaged($"has a list of texts for '{name}'"),
    };

    /// <summary>The keys of a set, and of a table of texts.</summary>
    public IEnumerable<string> Keys(string name) => (Run[name] as JObject)?.Properties().Select(static member => member.Name) ?? [];

    /// <summary>
    /// The history, one entry a layer besides those that made none; where it does not tell of every layer, as if it
    /// told nothing.
    /// </summary>
    public IEnumerable<JToken> History(IReadOnlyList<OciDigest> diffIds)
    {
        var history = _image.ReadConfig(diffIds).Items("history").Where(static entry => entry is JObject).ToList();
        return history.Count(static entry => entry["empty_layer"] is not JValue { Value: true }) == Layers.Count
            ? history
            : diffIds.Select(static digest => new JObject { ["comment"] = $"layer {digest} of the base image" });
    }

    private ImageException Damaged(string expectation) =>
        new(NixErrorCodes.InvalidImage, $"{_name} cannot be a base: its configuration is not one that {expectation}. Make the image again, or choose another.");
}
