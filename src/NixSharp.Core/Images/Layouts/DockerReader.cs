using Newtonsoft.Json.Linq;
using NixSharp.Images.Oci;

namespace NixSharp.Images.Layouts;

/// <summary>Reads an image from an archive of <c>docker save</c>. Its layers are compressed when they are written.</summary>
internal static class DockerReader
{
    public static ContainerImage Open(ImageFiles files, string? reference, OpenOptions options)
    {
        var image = Choose(files, files.ReadJson(DockerArchive.ManifestName), reference);
        var configName = image.Text("Config") ?? throw files.Damaged("its manifest names no configuration");
        var config = files.ReadSmall(configName);
        files.CheckPin(options.Digest, OciDigest.Compute(config));
        var diffIds = OciReader.ReadDiffIds(files, configName, config);
        var names = image.Items("Layers").Select(item => (item as JValue)?.Value as string ?? throw files.Damaged("its manifest has a malformed layer")).ToList();
        files.CheckLayerCount(names.Count);
        if (names.Count != diffIds.Count)
        {
            throw files.Damaged($"its manifest has {names.Count} layers, and its configuration {diffIds.Count}");
        }

        var layers = names.Zip(diffIds, IWritableLayer (name, diffId) => new ArchivedLayer(files, name, diffId, options)).ToList();
        return new ContainerImage(layers, _ => config, files) { KnownConfig = config };
    }

    private static JToken Choose(ImageFiles files, JToken manifest, string? reference)
    {
        var images = (manifest as JArray ?? throw files.Damaged("its manifest is not a list of images")).ToList();
        var wanted = reference is null ? null : DockerArchive.WithTag(reference);
        var chosen = wanted is null ? images : images.Where(image => Tags(image).Contains(wanted)).ToList();
        if (chosen.Count == 1)
        {
            return chosen[0];
        }

        var names = string.Join(", ", images.SelectMany(Tags).Take(20));
        throw wanted is null && chosen.Count > 1
            ? files.NotFound($"that is meant without a name, because there are {chosen.Count}: {names}")
            : files.NotFound(wanted is null ? "at all" : $"by the name '{wanted}', only: {names}");
    }

    private static IEnumerable<string> Tags(JToken image) =>
        image.Items("RepoTags").Select(static tag => (tag as JValue)?.Value as string ?? "");
}
