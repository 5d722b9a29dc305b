using Newtonsoft.Json.Linq;
using NixSharp.Images.Layouts;
using NixSharp.Images.Oci;

namespace NixSharp.Images.Described;

/// <summary>
/// Reads nix2container's JSON of an image. Its layers are made as its own writer makes them; one that comes out with
/// another digest than was recorded, because the store path is not the same any more or the writer was another version,
/// is taken as it is, and said so.
/// </summary>
internal sealed class NixImage
{
    private const int Version = 1;

    private readonly JObject _description;
    private readonly DescribedPaths _paths;
    private readonly OpenOptions _options;

    private NixImage(string location, JObject description, OpenOptions options)
    {
        _description = description;
        _options = options;
        _paths = new DescribedPaths(location, options);
    }

    public static async Task<ContainerImage> OpenAsync(string path, OpenOptions options, CancellationToken cancellationToken)
    {
        var description = DescriptionFile.Parse(path, DescriptionFile.Read(path, options.Limits.MaxJsonSize));
        return await new NixImage(path, description, options).OpenAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<ContainerImage> OpenAsync(CancellationToken cancellationToken)
    {
        if (_description.Number("version") != Version)
        {
            throw _paths.Damaged($"its version is {_description["version"]}, and {Version} is known");
        }

        var entries = _description.Items("layers").ToList();
        if (entries.Count > _options.Limits.MaxLayers)
        {
            throw _paths.Damaged($"it has {entries.Count} layers, and {_options.Limits.MaxLayers} are allowed");
        }

        var layers = new List<IWritableLayer>();
        foreach (var entry in entries)
        {
            layers.Add(await ReadLayerAsync(entry, cancellationToken).ConfigureAwait(false));
        }

        return new ContainerImage(layers, diffIds => WriteConfig(diffIds, entries), null);
    }

    private async Task<IWritableLayer> ReadLayerAsync(JToken entry, CancellationToken cancellationToken)
    {
        if (!OciDigest.TryParse(entry.Text("digest"), out var digest) ||
            !OciDigest.TryParse(entry.Text("diff_ids"), out var diffId) ||
            entry.Number("size") is not (>= 0 and var size) ||
            entry.Text("mediatype") is not { } mediaType)
        {
            throw _paths.Damaged("a layer has no digest, size or media type");
        }

        if (entry.Text("layer-path") is { Length: > 0 } file)
        {
            return ReadReadyLayer(file, new LayerDescriptor(new OciDescriptor(mediaType, digest, size), diffId));
        }

        var paths = entry.Items("paths").Select(ReadPath).ToList();
        return paths.Count > 0
            ? await NixLayer.CreateAsync(_paths, paths, diffId, _options, cancellationToken).ConfigureAwait(false)
            : throw _paths.Damaged($"the layer {digest} has neither paths nor a file");
    }

    private IWritableLayer ReadReadyLayer(string file, LayerDescriptor descriptor)
    {
        var real = _paths.RealPathOf(file);
        if (descriptor.Blob.MediaType == OciMediaTypes.Layer)
        {
            var files = FolderFiles.Open(Path.GetDirectoryName(real)!, _options.Limits);
            return new ArchivedLayer(files, Path.GetFileName(real), descriptor.DiffId, _options);
        }

        return new BlobLayer(new NamedFile(LayoutFiles.BlobName(descriptor.Blob.Digest), real), descriptor);
    }

    private NixLayerPath ReadPath(JToken entry)
    {
        var path = entry.Text("path") ?? throw _paths.Damaged("a path of a layer has no name");
        var options = entry.Member("options");
        var unknown = ((entry as JObject)?.Properties().Select(static member => member.Name).Except(["path", "options"]) ?? [])
            .Concat((options as JObject)?.Properties().Select(static member => member.Name).Except(["rewrite", "perms", "ignoreDestination"]) ?? [])
            .FirstOrDefault();
        if (unknown is not null)
        {
            throw new ImageException(NixErrorCodes.UnsupportedImage, $"{_paths.Location} asks for '{unknown}' for the path {path}, which is not known here. Have nix2container write the image, and open that.");
        }

        var rewrite = options.Member("rewrite");
        return new NixLayerPath(path, _paths.RealPathOf(path))
        {
            Rewrite = rewrite.Text("regex") is { Length: > 0 } regex ? (PathPattern.Compile(_paths, regex), PathPattern.Replacement(rewrite.Text("repl") ?? "")) : null,
            Ignored = options.Text("ignoreDestination") is { Length: > 0 } ignored ? PathPattern.Compile(_paths, ignored) : null,
            Rules = [.. options.Items("perms").Select(ReadRule)],
            Options = options?.ToString(Newtonsoft.Json.Formatting.None) ?? "",
        };
    }

    private FileRule ReadRule(JToken entry)
    {
        var rule = FileRule.ForExpression(PathPattern.Translate(entry.Text("regex") is { Length: > 0 } regex ? regex : throw _paths.Damaged("a rule for modes has no 'regex'"))) with
        {
            Mode = entry.Text("mode") is { Length: > 0 } mode ? FileRule.ParseMode(mode) : null,
            AddedMode = entry.Text("orMode") is { Length: > 0 } added ? FileRule.ParseMode(added) : 0,
            Owner = (int)Math.Clamp(entry.Number("uid") ?? 0, -1, int.MaxValue),
            Group = (int)Math.Clamp(entry.Number("gid") ?? 0, -1, int.MaxValue),
            OwnerName = entry.Text("uname") is { Length: > 0 } user ? user : null,
            GroupName = entry.Text("gname") is { Length: > 0 } group ? group : null,
        };
        return ImageOptionsCheck.WhyNot(rule) is { } why ? throw _paths.Damaged(why) : rule;
    }

    private byte[] WriteConfig(IReadOnlyList<OciDigest> diffIds, List<JToken> entries)
    {
        var config = new JObject();
        if (_description.Text("created") is { } created)
        {
            config["created"] = created;
        }

        config["architecture"] = _description.Text("arch") is { Length: > 0 } architecture ? architecture : GoPlatform.Architecture;
        config["os"] = "linux";
        config["config"] = _description["image-config"] as JObject ?? [];
        config["rootfs"] = new JObject { ["type"] = "layers", ["diff_ids"] = new JArray(diffIds.Select(static digest => digest.ToString())) };
        config["history"] = new JArray(entries.Select(static entry => entry.Member("History") as JObject ?? []));
        return ImageJson.Write(config);
    }
}
