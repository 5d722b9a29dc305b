using Newtonsoft.Json.Linq;
using NixSharp.Images.Oci;
using NixSharp.Images.Tar;

namespace NixSharp.Images.Layouts;

/// <summary>
/// Writes a tar archive as <c>docker save</c> does: the layers' tar archives, not compressed, the configuration, and
/// <c>manifest.json</c>, which names them.
/// </summary>
internal static class DockerArchive
{
    public const string ManifestName = "manifest.json";

    public static Task<WriteResult> WriteAsync(ContainerImage image, ImageLocation destination, WriteOptions options, CancellationToken cancellationToken) =>
        ArchiveFile.WriteAsync(destination, archive => WriteAsync(image, destination, archive, options, cancellationToken), cancellationToken);

    private static async Task<WriteResult> WriteAsync(
        ContainerImage image,
        ImageLocation destination,
        ArchiveWriter archive,
        WriteOptions options,
        CancellationToken cancellationToken)
    {
        var layers = new List<WrittenLayer>();
        foreach (var layer in image.WritableLayers)
        {
            var diffId = default(OciDigest);
            var size = await archive.AddAsync(
                async output =>
                {
                    diffId = await layer.WriteTarToAsync(output, LayerProgress.Of(layer, options.Progress), cancellationToken).ConfigureAwait(false);
                    return LayerName(diffId);
                },
                cancellationToken).ConfigureAwait(false);
            layers.Add(new WrittenLayer(new LayerDescriptor(new OciDescriptor(OciMediaTypes.Layer, diffId, size), diffId), Reused: false));
        }

        var config = image.GetConfig([.. layers.Select(static layer => layer.Descriptor.DiffId)]);
        var digest = OciDigest.Compute(config.Span);
        var configName = $"{digest.Hex}.json";
        await archive.AddAsync(configName, config, cancellationToken).ConfigureAwait(false);
        string[] names = destination.Reference is { } reference ? [WithTag(reference)] : [];
        var manifest = WriteManifest(configName, names, layers.Select(static layer => layer.Descriptor.DiffId));
        await archive.AddAsync(ManifestName, manifest, cancellationToken).ConfigureAwait(false);
        return new WriteResult { ConfigDigest = digest, Layers = layers };
    }

    /// <summary>A name with the tag <c>latest</c> where it has none.</summary>
    public static string WithTag(string reference) =>
        reference.IndexOf(':', reference.LastIndexOf('/') + 1) < 0 ? $"{reference}:latest" : reference;

    /// <summary>The file that names all others.</summary>
    public static byte[] WriteManifest(string configName, IEnumerable<string> names, IEnumerable<OciDigest> diffIds) => ImageJson.Write(new JArray(new JObject
    {
        ["Config"] = configName,
        ["RepoTags"] = new JArray(names),
        ["Layers"] = new JArray(diffIds.Select(LayerName)),
    }));

    public static string LayerName(OciDigest diffId) => $"{diffId.Hex}.tar";
}
