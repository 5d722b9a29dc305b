using Newtonsoft.Json.Linq;
using NixSharp.Images.Oci;

namespace NixSharp.Images.Layouts;

/// <summary>Reads an image from an OCI layout.</summary>
internal static class OciReader
{
    public static ContainerImage Open(ImageFiles files, string? reference, OpenOptions options)
    {
        CheckMarker(files);
        var descriptor = Choose(files, ReadIndex(files), reference);
        files.CheckPin(options.Digest, descriptor.Digest);
        return Open(files, descriptor, options.Platform);
    }

    /// <summary>Opens the image that a descriptor names; of an index, the one for a platform.</summary>
    public static ContainerImage Open(ImageFiles files, OciDescriptor descriptor, OciPlatform platform)
    {
        var contents = ReadBlob(files, descriptor);
        if (descriptor.MediaType is OciMediaTypes.Index or OciMediaTypes.DockerManifestList)
        {
            descriptor = ChoosePlatform(files, files.ParseJson(descriptor.Digest.ToString(), contents), platform);
            contents = ReadBlob(files, descriptor);
        }

        if (descriptor.MediaType is not (OciMediaTypes.Manifest or OciMediaTypes.DockerManifest))
        {
            throw new ImageException(NixErrorCodes.UnsupportedImage, $"{files.Location} holds something of the media type '{descriptor.MediaType}', which is not an image's manifest. Name an image.");
        }

        var json = files.ParseJson(descriptor.Digest.ToString(), contents);
        var configDescriptor = ImageJson.Descriptor(json.Member("config")) ?? throw files.Damaged("its manifest names no configuration");
        var config = ReadBlob(files, configDescriptor);
        var manifest = new ImageManifest
        {
            Descriptor = descriptor,
            Manifest = contents,
            ConfigDescriptor = configDescriptor,
            Config = config,
        };
        return new ContainerImage(ReadLayers(files, json, ReadDiffIds(files, configDescriptor.Digest.ToString(), config)), manifest, files);
    }

    /// <summary>Opens all images of the index by a reference, or the one image that there is.</summary>
    public static IReadOnlyList<ContainerImage> OpenAll(ImageFiles files, string? reference, OpenOptions options)
    {
        CheckMarker(files);
        var descriptor = Choose(files, ReadIndex(files), reference);
        files.CheckPin(options.Digest, descriptor.Digest);
        if (descriptor.MediaType is not (OciMediaTypes.Index or OciMediaTypes.DockerManifestList))
        {
            return [Open(files, descriptor, options.Platform)];
        }

        // Entries for no platform describe the others, such as build records.
        var entries = ImagePlatforms.Read(files.ParseJson(descriptor.Digest.ToString(), ReadBlob(files, descriptor))).ToList();
        return [.. entries
            .Select(entry => entry ?? throw files.Damaged("its index of platforms has a malformed entry"))
            .Where(static entry => entry.Platform is { OperatingSystem: not "unknown" })
            .Select(entry => Open(files, entry.Descriptor, options.Platform))];
    }

    public static void CheckMarker(ImageFiles files)
    {
        var version = files.ReadJson(LayoutFiles.Marker).Text("imageLayoutVersion");
        if (version?.StartsWith("1.", StringComparison.Ordinal) != true)
        {
            throw files.Damaged($"its layout has the version '{version}', and only 1.x is known");
        }
    }

    public static JObject ReadIndex(ImageFiles files) =>
        files.ReadJson(LayoutFiles.Index) as JObject ?? throw files.Damaged($"its file '{LayoutFiles.Index}' is not a JSON object");

    /// <summary>The digests of the layers' tar archives, from a configuration.</summary>
    public static IReadOnlyList<OciDigest> ReadDiffIds(ImageFiles files, string name, ReadOnlySpan<byte> config) =>
        [.. files.ParseJson(name, config).Member("rootfs").Items("diff_ids").Select(item =>
            OciDigest.TryParse((item as JValue)?.Value as string, out var digest) ? digest : throw files.Damaged($"its configuration has '{item}' for a layer's digest"))];

    private static OciDescriptor Choose(ImageFiles files, JObject index, string? reference)
    {
        var entries = index.Items("manifests").ToList();
        var chosen = reference is null
            ? entries
            : entries.Where(entry => entry.Member("annotations").Text(OciAnnotations.ReferenceName) == reference).ToList();
        if (chosen.Count == 1)
        {
            return ImageJson.Descriptor(chosen[0]) ?? throw files.Damaged("its index has a malformed entry");
        }

        var names = string.Join(", ", entries.Select(static entry => entry.Member("annotations").Text(OciAnnotations.ReferenceName) ?? "(no name)").Take(20));
        throw (chosen.Count, reference) switch
        {
            (0, null) => files.NotFound("at all"),
            (0, _) => files.NotFound($"by the reference '{reference}', only: {names}"),
            (_, null) => files.NotFound($"that is meant without a reference, because there are {chosen.Count}: {names}"),
            _ => files.Damaged($"its index has the reference '{reference}' {chosen.Count} times"),
        };
    }

    /// <summary>The entry of an index for a platform.</summary>
    /// <exception cref="ImageException">There is none.</exception>
    public static OciDescriptor ChoosePlatform(ImageFiles files, JToken index, OciPlatform platform) =>
        ImagePlatforms.Choose(index, platform) ?? throw files.NotFound($"for {platform}, only for: {ImagePlatforms.Describe(index)}");

    private static byte[] ReadBlob(ImageFiles files, OciDescriptor descriptor)
    {
        var name = LayoutFiles.BlobName(descriptor.Digest);
        var contents = files.ReadSmall(name);
        if (contents.Length != descriptor.Size || OciDigest.Compute(contents) != descriptor.Digest)
        {
            throw new ImageException(NixErrorCodes.BlobDigestMismatch, $"The file '{name}' of {files.Location} is not what its name says: its digest or size is another one. Make the image again.");
        }

        return contents;
    }

    private static List<IWritableLayer> ReadLayers(ImageFiles files, JToken manifest, IReadOnlyList<OciDigest> diffIds)
    {
        var layers = manifest.Items("layers").ToList();
        files.CheckLayerCount(layers.Count);
        if (layers.Count != diffIds.Count)
        {
            throw files.Damaged($"its manifest has {layers.Count} layers, and its configuration {diffIds.Count}");
        }

        return [.. layers.Zip(diffIds, IWritableLayer (layer, diffId) => new BlobLayer(
            files,
            new LayerDescriptor(ImageJson.Descriptor(layer) ?? throw files.Damaged("its manifest has a malformed layer"), diffId)
            {
                Annotations = ImageJson.Annotations(layer),
            }))];
    }
}
