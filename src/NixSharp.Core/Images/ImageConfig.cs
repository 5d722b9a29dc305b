using System.Globalization;
using Newtonsoft.Json.Linq;
using NixSharp.Images.Contents;
using NixSharp.Images.Oci;

namespace NixSharp.Images;

/// <summary>Writes configurations and manifests, as the OCI image specification 1.0 has them; the same input gives the same bytes.</summary>
internal static class ImageConfig
{
    private const int MaxPathsInHistory = 50;
    private const string CertificateVariable = "SSL_CERT_FILE";

    public static byte[] Write(ImageOptions options, BaseImage? below, IReadOnlyList<IImageLayer> layers, IReadOnlyList<OciDigest> diffIds)
    {
        var created = options.Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var config = new JObject { ["created"] = created };
        AddText(config, "author", options.Author ?? below?.Author);
        config["architecture"] = options.Architecture;
        AddText(config, "variant", options.Variant ?? below?.Platform.Variant);
        config["os"] = options.OperatingSystem;
        config["config"] = Run(options, below);
        config["rootfs"] = new JObject
        {
            ["type"] = "layers",
            ["diff_ids"] = new JArray(diffIds.Select(static digest => digest.ToString())),
        };
        var inherited = below?.Layers.Count ?? 0;
        var history = layers.Skip(inherited).Select(JToken (layer) => new JObject
        {
            ["created"] = created,
            ["created_by"] = "nixsharp",
            ["comment"] = Comment(layer),
        });
        config["history"] = new JArray((below?.History([.. diffIds.Take(inherited)]) ?? []).Concat(history));
        return ImageJson.Write(config);
    }

    public static byte[] WriteManifest(OciDescriptor config, IEnumerable<LayerDescriptor> layers, IReadOnlyDictionary<string, string> annotations)
    {
        var manifest = new JObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = OciMediaTypes.Manifest,
            ["config"] = ImageJson.Descriptor(config),
            ["layers"] = new JArray(layers.Select(static layer => ImageJson.Descriptor(layer.Blob, layer.Annotations))),
        };
        if (annotations.Count > 0)
        {
            manifest["annotations"] = Sorted(annotations);
        }

        return ImageJson.Write(manifest);
    }

    private static JObject Run(ImageOptions options, BaseImage? below)
    {
        var run = new JObject();
        AddText(run, "User", options.User ?? below?.Run.Text("User"));
        AddSet(run, "ExposedPorts", (below?.Keys("ExposedPorts") ?? []).Concat(options.ExposedPorts.Select(ImageOptionsCheck.NormalizePort)));
        AddList(run, "Env", Merge(below?.Environment ?? [], Environment(options)).Select(static variable => $"{variable.Key}={variable.Value}"));
        AddList(run, "Entrypoint", options.Entrypoint.Count > 0 ? options.Entrypoint : below?.Texts("Entrypoint") ?? []);
        AddList(run, "Cmd", options.Entrypoint.Count + options.Command.Count > 0 ? options.Command : below?.Texts("Cmd") ?? []);
        AddSet(run, "Volumes", (below?.Keys("Volumes") ?? []).Concat(options.Volumes));
        AddText(run, "WorkingDir", options.WorkingDirectory ?? below?.Run.Text("WorkingDir"));
        var labels = Merge((below?.Keys("Labels") ?? []).Select(key => KeyValuePair.Create(key, below!.Run["Labels"].Text(key) ?? "")), options.Labels).ToDictionary();
        if (labels.Count > 0)
        {
            run["Labels"] = Sorted(labels);
        }

        AddText(run, "StopSignal", options.StopSignal ?? below?.Run.Text("StopSignal"));
        if ((options.HealthCheck is { } check ? Health(check) : below?.Run["Healthcheck"] as JObject) is { } health)
        {
            run["Healthcheck"] = health;
        }

        foreach (var member in below?.Others ?? [])
        {
            run[member.Name] = member.Value;
        }

        return run;
    }

    private static IEnumerable<KeyValuePair<string, string>> Environment(ImageOptions options) =>
        options.Certificates is null || options.Environment.Any(static variable => variable.Key == CertificateVariable)
            ? options.Environment
            : options.Environment.Append(KeyValuePair.Create(CertificateVariable, CertificateFiles.Bundle));

    /// <summary>Both, in their order; what the second has by a name of the first takes that one's place.</summary>
    private static List<KeyValuePair<string, string>> Merge(IEnumerable<KeyValuePair<string, string>> first, IEnumerable<KeyValuePair<string, string>> second)
    {
        var merged = new List<KeyValuePair<string, string>>();
        var indexes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in first.Concat(second))
        {
            if (indexes.TryAdd(entry.Key, merged.Count))
            {
                merged.Add(entry);
            }
            else
            {
                merged[indexes[entry.Key]] = entry;
            }
        }

        return merged;
    }

    private static JObject Health(HealthCheck check)
    {
        var health = new JObject { ["Test"] = new JArray(check.Test) };
        AddTime("Interval", check.Interval);
        AddTime("Timeout", check.Timeout);
        AddTime("StartPeriod", check.StartPeriod);
        if (check.Retries is { } retries)
        {
            health["Retries"] = retries;
        }

        return health;

        void AddTime(string name, TimeSpan? time)
        {
            if (time is { } span)
            {
                health[name] = span.Ticks * TimeSpan.NanosecondsPerTick;
            }
        }
    }

    private static string Comment(IImageLayer layer)
    {
        if (layer is not StoreLayer { Paths: var paths })
        {
            return layer is DatabaseLayer database ? database.Name : "extra files";
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

    public static JObject Sorted(IReadOnlyDictionary<string, string> entries)
    {
        var sorted = new JObject();
        foreach (var (key, value) in entries.OrderBy(static entry => entry.Key, StringComparer.Ordinal))
        {
            sorted[key] = value;
        }

        return sorted;
    }
}
