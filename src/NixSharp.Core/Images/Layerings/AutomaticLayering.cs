using System.Collections;
using NixSharp.Closures;
using NixSharp.StorePaths;

namespace NixSharp.Images.Layerings;

/// <summary>
/// The layering of today's nixpkgs. The largest path is made the primary of a layer, then the next, as long as there are
/// layers left; the others go where the paths are that the same primaries need. So what is large is shared with other
/// images in layers of its own, and what it brings along comes with it.
/// </summary>
internal sealed class AutomaticLayering : ILayering
{
    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<StorePath>> Split(Closure closure, int maxLayers)
    {
        ArgumentNullException.ThrowIfNull(closure);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLayers, 1);

        var graph = new LayerGraph(closure);

        // A layer is known by the set of primaries that need it. Each primary has a layer to itself, so that there are
        // no more of them than layers.
        var users = new LayerUsers[closure.Paths.Count];
        var primaries = new List<(int Path, BitArray Needs)>();
        foreach (var path in Enumerable.Range(0, users.Length).OrderByDescending(index => closure.Paths[index].NarSize).ThenByDescending(index => closure.Paths[index].Path))
        {
            var next = AddPrimary(graph, users, primaries, path);
            if (next.Distinct().Skip(maxLayers).Any())
            {
                break;
            }

            users = next;
        }

        return [.. users
            .Select((layer, index) => (layer, index))
            .GroupBy(static entry => entry.layer, static entry => entry.index)
            .Select(indices => (Paths: indices.Select(index => closure.Paths[index].Path).Order(LayerGroups.ByName).ToArray(), Size: graph.ClosureSizeOf(indices)))
            .OrderBy(static layer => layer.Size)
            .ThenBy(static layer => layer.Paths[0], LayerGroups.ByName)
            .Select(static layer => layer.Paths)];
    }

    /// <inheritdoc/>
    public override string ToString() => "automatic";

    private static LayerUsers[] AddPrimary(LayerGraph graph, LayerUsers[] users, List<(int Path, BitArray Needs)> primaries, int path)
    {
        var needs = graph.NeedsOf([path]);
        needs[path] = false;
        var self = LayerUsers.Of(primaries.Count);
        var (above, below) = (LayerUsers.None, LayerUsers.None);
        for (var index = 0; index < primaries.Count; index++)
        {
            above |= primaries[index].Needs[path] ? LayerUsers.Of(index) : LayerUsers.None;
            below |= needs[primaries[index].Path] ? LayerUsers.Of(index) : LayerUsers.None;
        }

        primaries.Add((path, needs));
        var next = (LayerUsers[])users.Clone();
        next[path] = self;
        for (var index = 0; index < next.Length; index++)
        {
            if (needs[index])
            {
                // Who needs the primary needs this through it. And this is the primary's only if no primary in between has it.
                next[index] = next[index].Without(above);
                next[index] |= next[index].Overlaps(below) ? LayerUsers.None : self;
            }
        }

        return next;
    }
}
