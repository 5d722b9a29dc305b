namespace NixSharp.Images;

/// <summary>Finds for each layer of one image the layer of another that it was.</summary>
internal static class LayerMatching
{
    public static IReadOnlyList<LayerChange> Match(IReadOnlyList<LayerContents> earlier, IReadOnlyList<LayerContents> later)
    {
        var matches = new int?[later.Count];
        var left = Enumerable.Range(0, earlier.Count).ToHashSet();
        Find(static (before, after) => IsSame(before, after) ? 1 : 0);
        Find(static (before, after) => Overlap(before, after, static path => path.BaseName));
        Find(static (before, after) => Overlap(before, after, static path => path.Package));
        Find(static (before, after) => before.Paths.Count + after.Paths.Count == 0 ? 1 : 0);
        return
        [
            .. later.Select((layer, index) => matches[index] is { } match ? Compare(earlier[match], layer, index) : new LayerChange { Later = layer, Index = index, Kind = LayerChangeKind.Came, PathsIn = layer.Paths }),
            .. left.Order().Select(index => new LayerChange { Earlier = earlier[index], Index = index, Kind = LayerChangeKind.Went, PathsOut = earlier[index].Paths }),
        ];

        void Find(Func<LayerContents, LayerContents, long> likeness)
        {
            for (var index = 0; index < later.Count; index++)
            {
                if (matches[index] is not null)
                {
                    continue;
                }

                var (score, best) = left.Select(candidate => (likeness(earlier[candidate], later[index]), -candidate)).DefaultIfEmpty().Max();
                if (score > 0)
                {
                    matches[index] = -best;
                    left.Remove(-best);
                }
            }
        }
    }

    private static LayerChange Compare(LayerContents earlier, LayerContents later, int index)
    {
        var before = earlier.Paths.Select(static path => path.BaseName).ToHashSet();
        var after = later.Paths.Select(static path => path.BaseName).ToHashSet();
        return new LayerChange
        {
            Earlier = earlier,
            Later = later,
            Index = index,
            Kind = !IsSame(earlier, later) ? LayerChangeKind.Changed : IsSameBlob(earlier, later) ? LayerChangeKind.Same : LayerChangeKind.Repacked,
            PathsIn = [.. later.Paths.Where(path => !before.Contains(path.BaseName))],
            PathsOut = [.. earlier.Paths.Where(path => !after.Contains(path.BaseName))],
        };
    }

    /// <summary>Whether two layers hold the same; layers that are not made yet are the same where their paths are.</summary>
    private static bool IsSame(LayerContents earlier, LayerContents later)
    {
        if (earlier.Identity is not null && earlier.Identity == later.Identity)
        {
            return true;
        }

        if (earlier.DiffId is { } before && later.DiffId is { } after)
        {
            return before == after;
        }

        return earlier.Paths.Count > 0 && !earlier.HasMore && !later.HasMore &&
            earlier.Paths.Select(static path => path.BaseName).ToHashSet().SetEquals(later.Paths.Select(static path => path.BaseName));
    }

    /// <summary>Whether nothing is known by which two layers that hold the same would differ.</summary>
    private static bool IsSameBlob(LayerContents earlier, LayerContents later) =>
        earlier.Descriptor is { } before && later.Descriptor is { } after
            ? before.Blob.Digest == after.Blob.Digest
            : (earlier.DiffId is not null && later.DiffId is not null) || earlier.Identity is null || later.Identity is null || earlier.Identity == later.Identity;

    private static long Overlap(LayerContents earlier, LayerContents later, Func<LayerPath, string> key)
    {
        var keys = earlier.Paths.Select(key).ToHashSet();
        return later.Paths.Where(path => keys.Contains(key(path))).Sum(static path => 1 + (path.NarSize ?? 0));
    }
}
