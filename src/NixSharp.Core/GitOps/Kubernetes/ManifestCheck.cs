using System.Globalization;
using NixSharp.Files;
using NixSharp.GitOps.Yaml;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace NixSharp.GitOps.Kubernetes;

/// <summary>Looks at manifests of any kinds before a cluster does.</summary>
public static class ManifestCheck
{
    private const int MaxFileSize = 64 << 20;
    private const int MaxDepth = 16;

    // Aliases can make much of a little text.
    private const int MaxObjects = 100_000;

    /// <summary>
    /// Reads a manifest: YAML or JSON documents, each an object or a <c>List</c> of them. Every object needs
    /// <c>apiVersion</c>, <c>kind</c> and <c>metadata.name</c> or <c>generateName</c>, and none may be there twice.
    /// </summary>
    /// <param name="text">The manifest.</param>
    /// <param name="origin">Where it is from, for messages.</param>
    /// <returns>The objects, in order.</returns>
    /// <exception cref="GitOpsException">The manifest is none, has no objects, or has one twice.</exception>
    public static IReadOnlyList<ManifestObject> Read(string text, string origin = "the manifest")
    {
        ArgumentNullException.ThrowIfNull(text);
        var objects = new List<ManifestObject>();
        try
        {
            var seen = 0;
            foreach (var document in YamlText.LoadAll(text))
            {
                Add(objects, document, origin, 0, ref seen);
            }
        }
        catch (YamlException error)
        {
            throw ManifestProblem.At(origin, error);
        }

        RefuseTwins(objects, origin);
        return objects.Count > 0 ? objects : throw ManifestProblem.At(origin, "it has no objects");
    }

    /// <summary>Reads a file, as <see cref="Read"/> does a text.</summary>
    /// <exception cref="GitOpsException">The manifest is none, has no objects, or has one twice.</exception>
    /// <exception cref="NixFileException">The file cannot be read.</exception>
    public static async Task<IReadOnlyList<ManifestObject>> ReadFileAsync(string file, CancellationToken cancellationToken = default) =>
        Read(await SmallFile.ReadTextAsync(file, MaxFileSize, NixErrorCodes.InvalidManifest, cancellationToken).ConfigureAwait(false), file);

    private static void Add(List<ManifestObject> objects, YamlNode node, string origin, int depth, ref int seen)
    {
        if (depth > MaxDepth || ++seen > MaxObjects)
        {
            throw ManifestProblem.At(origin, depth > MaxDepth ? $"lists in lists, more than {MaxDepth} deep" : $"more than {MaxObjects} objects", node.Start);
        }

        switch (node)
        {
            // What is between two lines of dashes may be empty, or a comment.
            case YamlScalarNode { Value: null or "" or "~" or "null", Style: ScalarStyle.Plain or ScalarStyle.Any }:
                return;
            case YamlMappingNode map when Text(map, "kind") is "List" && Find(map, "items") is YamlSequenceNode items:
                foreach (var item in items)
                {
                    Add(objects, item, origin, depth + 1, ref seen);
                }

                return;
            case YamlMappingNode map:
                objects.Add(Describe(map, origin));
                return;
            case YamlSequenceNode list:
                throw ManifestProblem.At(origin, "a list, where an object was expected; give a 'List' with 'items'", list.Start);
            default:
                throw ManifestProblem.At(origin, "a text, where an object was expected", node.Start);
        }
    }

    private static ManifestObject Describe(YamlMappingNode map, string origin)
    {
        var (version, kind) = (Text(map, "apiVersion"), Text(map, "kind"));
        var metadata = Find(map, "metadata") as YamlMappingNode;
        var name = metadata is null ? null : Text(metadata, "name");
        var missing = new[] { ("apiVersion", version), ("kind", kind), ("metadata.name", name ?? (metadata is null ? null : Text(metadata, "generateName"))) }
            .Where(static field => string.IsNullOrEmpty(field.Item2))
            .Select(static field => field.Item1)
            .ToList();
        return missing.Count == 0
            ? new ManifestObject(version!, kind!, metadata is null ? null : Text(metadata, "namespace"), name, map.Start.Line)
            : throw ManifestProblem.At(origin, $"{(kind is null ? "an object" : $"the {kind} {name}".TrimEnd())} without {string.Join(" and ", missing)}", map.Start);
    }

    private static void RefuseTwins(List<ManifestObject> objects, string origin)
    {
        var seen = new Dictionary<(string Group, string Kind, string? Namespace, string Name), ManifestObject>();
        foreach (var item in objects.Where(static item => item.Name is not null))
        {
            if (!seen.TryAdd((item.Group, item.Kind, item.Namespace, item.Name!), item))
            {
                var first = seen[(item.Group, item.Kind, item.Namespace, item.Name!)];
                throw ManifestProblem.At(origin, string.Create(CultureInfo.InvariantCulture, $"{item} is there twice, in lines {first.Line} and {item.Line}"));
            }
        }
    }

    private static YamlNode? Find(YamlMappingNode map, string name) => map.Children.FirstOrDefault(pair => pair.Key is YamlScalarNode key && key.Value == name).Value;

    private static string? Text(YamlMappingNode map, string name) => (Find(map, name) as YamlScalarNode)?.Value;
}
