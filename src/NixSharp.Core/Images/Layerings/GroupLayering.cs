using NixSharp.Closures;
using NixSharp.StorePaths;

namespace NixSharp.Images.Layerings;

/// <summary>Groups that somebody named go first, a layer each; what is in none of them is split as by another layering.</summary>
internal sealed class GroupLayering(IReadOnlyList<LayerGroup> groups, ILayering rest) : ILayering
{
    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<StorePath>> Split(Closure closure, int maxLayers)
    {
        ArgumentNullException.ThrowIfNull(closure);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLayers, 1);
        var taken = new HashSet<StorePath>();
        var layers = new List<IReadOnlyList<StorePath>>();
        foreach (var group in groups)
        {
            var paths = group.Choose(closure).Where(taken.Add).ToList();
            if (paths.Count > 0)
            {
                layers.Add(paths);
            }
        }

        var needed = layers.Count + (taken.Count < closure.Paths.Count ? 1 : 0);
        if (needed > maxLayers)
        {
            throw new ImageException(
                NixErrorCodes.InvalidImageOptions,
                $"The layering '{this}' has {layers.Count} groups and needs {needed} layers, of which there are {maxLayers}. Allow more layers, or name fewer groups.");
        }

        return [.. layers, .. taken.Count < closure.Paths.Count ? LayerGroups.Without(rest.Split(closure, maxLayers), taken, maxLayers - layers.Count) : []];
    }

    /// <inheritdoc/>
    public override string ToString() => $"groups:{string.Join('/', groups)}{(rest is AutomaticLayering ? "" : $"/{rest}")}";
}
