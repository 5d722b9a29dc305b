using NixSharp.StorePaths;

namespace NixSharp.Images.Layerings;

/// <summary>What layerings share.</summary>
internal static class LayerGroups
{
    /// <summary>Orders paths as nixpkgs does: by name, then hash.</summary>
    public static IComparer<StorePath> ByName { get; } = Comparer<StorePath>.Create(static (left, right) =>
        string.CompareOrdinal(left.Name, right.Name) is not 0 and var order ? order : left.CompareTo(right));

    /// <summary>A layer for each path, lowest first; the last holds the rest.</summary>
    public static IReadOnlyList<IReadOnlyList<StorePath>> OneEach(IReadOnlyList<StorePath> ordered, int maxLayers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLayers, 1);
        var layers = new List<IReadOnlyList<StorePath>>();
        layers.AddRange(ordered.Take(maxLayers - 1).Select(static path => new[] { path }));
        if (ordered.Count >= maxLayers)
        {
            layers.Add([.. ordered.Skip(maxLayers - 1)]);
        }

        return layers;
    }

    /// <summary>The groups without what is in <paramref name="taken"/>; those that are too many share the last layer.</summary>
    public static IEnumerable<IReadOnlyList<StorePath>> Without(IEnumerable<IReadOnlyList<StorePath>> groups, IReadOnlySet<StorePath> taken, int maxLayers)
    {
        var left = groups.Select(group => group.Where(path => !taken.Contains(path)).ToList()).Where(static group => group.Count > 0).ToList();
        return left.Count <= maxLayers
            ? left
            : left.Take(maxLayers - 1).Append([.. left.Skip(maxLayers - 1).SelectMany(static group => group)]);
    }
}
