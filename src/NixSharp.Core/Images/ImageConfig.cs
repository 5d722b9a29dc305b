using System.Globalization;
using Newtonsoft.Json.Linq;
using NixSharp.Images.Oci;

namespace NixSharp.Images;

/// <summary>Writes configurations and manifests, as the OCI image specification 1.0 has them; the same input gives the same bytes.</summary>
internal static class ImageConfig
{
    private const int MaxPathsInHistory = 50;

    public static byte[] Write(ImageOptions options, IReadOnlyList<IImageLayer> layers, IReadOnlyList<OciDigest> diffIds)
    {
        var created = options.Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var config = new JObject { ["created"] = created };
        AddText(config, "author", options.Author);
        config["architecture"] = options.Architecture;
        config["os"] = options.OperatingSystem;
        config["config"] = Run(options);
        config["rootfs"] = new JObject
        {
            ["type"] = "layers",
            ["diff_ids"] = new JArray(diffIds.Select(static digest => digest.ToString())),
        };
        config["history"] = new JArray(layers.Select(layer => new JObject
        {
            ["created"] = created,
            ["created_by"] = "nixsharp",
            ["comment"] = Comment(layer),
        }));
        return ImageJson.Write(config);
    }

    public static byte[] WriteManifest(OciDescriptor config, IEnumerable<LayerDescriptor> layers, IReadOnlyDictionary<string, string> annotations)
    {
        var manifest = new JObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = OciMediaTypes.Manifest,
            ["config"] = ImageJson.Descriptor(config),
            ["layers"] = new JArray(layers.Select(static layer => ImageJson.Descriptor(layer.Blob))),
        };
        if (annotations.Count > 0)
        {
            manifest["annotations"] = Sorted(annotations);
        }

        return ImageJson.Write(manifest);
    }

    private static JObject Run(ImageOptions options)
    {
        var run = new JObject();
        AddText(run, "User", options.User);
        AddSet(run, "ExposedPorts", options.ExposedPorts.Select(ImageOptionsCheck.NormalizePort));
        AddList(run, "Env", options.Environment.Select(static variable => $"{variable.Key}={variable.Value}"));
        AddList(run, "Entrypoint", options.Entrypoint);
        AddList(run, "Cmd", options.Command);
        AddSet(run, "Volumes", options.Volumes);
        AddText(run, "WorkingDir", options.WorkingDirectory);
        if (options.Labels.Count > 0)
        {
            run["Labels"] = Sorted(options.Labels);
        }

        AddText(run, "StopSignal", options.StopSignal);
        return run;
    }

    private static string Comment(IImageLayer layer)
    {
        if (layer is not StoreLayer { Paths: var paths })
        {
            return "extra files";
        }

        var rest = paths.Count > MaxPathsInHistory
            ? string.Create(CultureInfo.InvariantCulture, $" and {paths.Count - MaxPathsInHistory} more")
            : "";
        return $"store paths: {string.Join(' ', paths.Take(MaxPathsInHistory))}{rest}";
    }

    private static void AddText(JObject target, string name, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            target[name] = text;
        }
    }

    private static void AddList(JObject target, string name, IEnumerable<string> items)
    {
        var list = new JArray(items);
        if (list.Count > 0)
        {
            target[name] = list;
        }
    }

    private static void AddSet(JObject target, string name, IEnumerable<string> items)
    {
        var set = new JObject();
        foreach (var item in items.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            set[item] = new JObject();
        }

        if (set.Count > 0)
        {
            target[name] = set;
        }
    }

    private static JObject Sorted(IReadOnlyDictionary<string, string> entries)
    {
        var sorted = new JObject();
        foreach (var (key, value) in entries.OrderBy(static entry => entry.Key, StringComparer.Ordinal))
        {
            sorted[key] = value;
        }

        return sorted;
    }
}
