using NixSharp.Closures;
using NixSharp.StorePaths;

namespace NixSharp.Images.Layerings;

/// <summary>
/// The layers of an earlier image again. A layer that lost a path has changed anyway, so that what is new goes there for
/// nothing; above all what is a new version of the path that was lost.
/// </summary>
internal sealed class StableLayering(ImageContents earlier, ILayering rest) : ILayering
{
    private readonly ILayering _rest = rest;
    private readonly List<IReadOnlyList<LayerPath>> _earlier = [.. earlier.Layers.Select(static layer => layer.Paths).Where(static paths => paths.Count > 0)];

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<StorePath>> Split(Closure closure, int maxLayers)
    {
        ArgumentNullException.ThrowIfNull(closure);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLayers, 1);
        var byName = closure.Paths.ToDictionary(static info => info.Path.BaseName, static info => info.Path, StringComparer.Ordinal);
        var layers = _earlier.Select(_ => new List<StorePath>()).ToList();
        var lost = new HashSet<int>();
        var homes = new Dictionary<string, int>(StringComparer.Ordinal);
        var placed = new HashSet<StorePath>();
        foreach (var (index, path) in _earlier.SelectMany(static (paths, index) => paths.Select(path => (index, path))))
        {
            if (!byName.TryGetValue(path.BaseName, out var kept))
            {
                lost.Add(index);
                homes.TryAdd(path.Package, index);
            }
            else if (placed.Add(kept))
            {
                layers[index].Add(kept);
            }
        }

        foreach (var path in closure.Paths.Select(static info => info.Path).Where(path => !placed.Contains(path)).ToList())
        {
            if (homes.TryGetValue(new LayerPath(path.BaseName, null).Package, out var home))
            {
                layers[home].Add(path);
                placed.Add(path);
            }
        }

        return AddNew(closure, maxLayers, layers, lost, placed);
    }

    /// <inheritdoc/>
    public override string ToString() => "stable";

    private IReadOnlyList<IReadOnlyList<StorePath>> AddNew(Closure closure, int maxLayers, List<List<StorePath>> layers, HashSet<int> lost, HashSet<StorePath> placed)
    {
        var kept = layers.Where(static layer => layer.Count > 0).ToList();
        if (kept.Count == 0)
        {
            return _rest.Split(closure, maxLayers);
        }

        if (kept.Count > maxLayers)
        {
            // There were more layers then; the smallest share one now.
            var bySize = kept.OrderByDescending(layer => layer.Sum(path => closure[path].NarSize)).ToList();
            var alone = bySize.Take(maxLayers - 1).ToHashSet();
            kept = [[.. bySize.Skip(maxLayers - 1).SelectMany(static layer => layer)], .. kept.Where(alone.Contains)];
        }

        if (placed.Count == closure.Paths.Count)
        {
            return kept;
        }

        if (kept.Count < maxLayers)
        {
            return [.. kept, .. LayerGroups.Without(_rest.Split(closure, maxLayers), placed, maxLayers - kept.Count)];
        }

        var changed = kept.Where(layer => lost.Any(index => layers[index] == layer)).DefaultIfEmpty(kept.MinBy(layer => layer.Sum(path => closure[path].NarSize))!).First();
        changed.AddRange(closure.Paths.Select(static info => info.Path).Where(path => !placed.Contains(path)));
        return kept;
    }
}
