namespace NixSharp.Images;

/// <summary>What is different between two images: which layers changed, and which store paths came, went, or changed.</summary>
public sealed record ImageDiff
{
    /// <summary>The layers of the later image, lowest first, then those of the earlier one that are gone.</summary>
    public required IReadOnlyList<LayerChange> Layers { get; init; }

    /// <summary>Store paths of which both images have one, another each, by package.</summary>
    public required IReadOnlyList<PathChange> Changed { get; init; }

    /// <summary>Store paths that only the later image has.</summary>
    public required IReadOnlyList<PathChange> Came { get; init; }

    /// <summary>Store paths that only the earlier image has.</summary>
    public required IReadOnlyList<PathChange> Went { get; init; }

    /// <summary>Whether both hold the same, layer by layer.</summary>
    public bool IsEmpty => Layers.All(static layer => layer.Kind == LayerChangeKind.Same);

    /// <summary>Compares two images.</summary>
    public static ImageDiff Compare(ImageContents earlier, ImageContents later)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        ArgumentNullException.ThrowIfNull(later);
        var before = ByName(earlier);
        var after = ByName(later);
        var gone = before.Values.Where(path => !after.ContainsKey(path.BaseName)).GroupBy(static path => path.Package).ToDictionary(static group => group.Key, static group => new Queue<LayerPath>(group));
        var changed = new List<PathChange>();
        var came = new List<PathChange>();
        foreach (var path in after.Values.Where(path => !before.ContainsKey(path.BaseName)))
        {
            var other = gone.TryGetValue(path.Package, out var paths) && paths.TryDequeue(out var found) ? found : (LayerPath?)null;
            (other is null ? came : changed).Add(new PathChange(other, path));
        }

        return new ImageDiff
        {
            Layers = LayerMatching.Match(earlier.Layers, later.Layers),
            Changed = changed,
            Came = came,
            Went = [.. gone.Values.SelectMany(static paths => paths).Select(static path => new PathChange(path, null))],
        };
    }

    private static Dictionary<string, LayerPath> ByName(ImageContents image)
    {
        var paths = new Dictionary<string, LayerPath>(StringComparer.Ordinal);
        foreach (var path in image.Paths)
        {
            paths.TryAdd(path.BaseName, path);
        }

        return paths;
    }
}
