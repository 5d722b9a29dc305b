using System.Text.RegularExpressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace NixSharp.Images;

/// <summary>
/// What is known of an image's layers without reading or making any: of one that is planned, and of one that is on disk or
/// in a registry, whoever made it.
/// </summary>
public sealed partial record ImageContents
{
    private const int MaxPathsOfALayer = 100_000;

    /// <summary>The layers, lowest first.</summary>
    public required IReadOnlyList<LayerContents> Layers { get; init; }

    /// <summary>All store paths that are known, lowest layer first.</summary>
    public IEnumerable<LayerPath> Paths => Layers.SelectMany(static layer => layer.Paths);

    /// <summary>Looks into an image. Store paths are known from annotations, else from the history, which may not have all of them.</summary>
    public static ImageContents Of(ContainerImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var comments = Comments(image.KnownConfig);
        return new ImageContents { Layers = [.. image.WritableLayers.Select((layer, index) => Of(layer, comments.ElementAtOrDefault(index) ?? ""))] };
    }

    private static LayerContents Of(IWritableLayer layer, string comment)
    {
        if (layer is StoreLayer store)
        {
            return new LayerContents { Descriptor = store.Descriptor, DiffId = store.DiffId, Identity = store.Identity, Paths = store.Contents, ContentSize = store.EstimatedSize };
        }

        var annotations = layer.Descriptor?.Annotations ?? AnnotationSet.Empty;
        IReadOnlyList<LayerPath> annotated = [.. StorePathAnnotation.Read(annotations.Find(LayerAnnotations.StorePaths)).Take(MaxPathsOfALayer)];
        IReadOnlyList<LayerPath> paths = annotated.Count > 0
            ? annotated
            : [.. BaseName().Matches(comment).Select(static match => match.Value).Distinct().Take(MaxPathsOfALayer).Select(static name => new LayerPath(name, null))];
        return new LayerContents
        {
            Descriptor = layer.Descriptor,
            DiffId = (layer as TarLayer)?.DiffId,
            Identity = layer is TarLayer made ? made.Identity : annotations.Find(LayerAnnotations.Identity),
            Description = paths.Count > 0 ? "" : comment.Length > 0 ? comment : layer.Name,
            Paths = paths,
            HasMore = annotated.Count == 0 && More().IsMatch(comment),
            ContentSize = annotated.Count > 0 ? annotated.Sum(static path => path.NarSize) : layer is TarLayer ? layer.EstimatedSize : null,
        };
    }

    /// <summary>What the history says of each layer.</summary>
    private static List<string> Comments(ReadOnlyMemory<byte>? config)
    {
        try
        {
            var history = config is { } text ? ImageJson.Parse(text.Span).Items("history") : [];
            return [.. history.Where(static entry => entry.Member("empty_layer") is not JValue { Value: true }).Select(static entry => entry.Text("comment") ?? entry.Text("created_by") ?? "")];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    [GeneratedRegex(@"(?<=/)[0-9abcdfghijklmnpqrsvwxyz]{32}-[0-9A-Za-z+._?=-]{1,211}", RegexOptions.CultureInvariant)]
    private static partial Regex BaseName();

    [GeneratedRegex(@" and [0-9]+ more\z", RegexOptions.CultureInvariant)]
    private static partial Regex More();
}
