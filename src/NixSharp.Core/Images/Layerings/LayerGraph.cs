using System.Collections;
using NixSharp.Closures;
using NixSharp.StorePaths;

namespace NixSharp.Images.Layerings;

/// <summary>What refers to what in a closure, by the paths' places in its order; without references to itself.</summary>
internal sealed class LayerGraph
{
    private readonly Closure _closure;
    private readonly Dictionary<StorePath, int> _indexes;

    public LayerGraph(Closure closure)
    {
        _closure = closure;
        _indexes = closure.Paths.Select(static (info, index) => (info.Path, index)).ToDictionary();
        References = [.. closure.Paths.Select((info, index) =>
            info.References.Where(_indexes.ContainsKey).Select(reference => _indexes[reference]).Where(below => below != index).ToArray())];
    }

    public IReadOnlyList<int[]> References { get; }

    public int IndexOf(StorePath path) => _indexes[path];

    /// <summary>The paths and all that they need.</summary>
    public BitArray NeedsOf(IEnumerable<int> paths)
    {
        var needs = new BitArray(References.Count);
        var pending = new Stack<int>(paths);
        while (pending.TryPop(out var index))
        {
            if (needs[index])
            {
                continue;
            }

            needs[index] = true;
            foreach (var below in References[index])
            {
                pending.Push(below);
            }
        }

        return needs;
    }

    /// <summary>The size of the NARs of the paths and of all that they need, in bytes.</summary>
    public long ClosureSizeOf(IEnumerable<int> paths)
    {
        var needs = NeedsOf(paths);
        return _closure.Paths.Where((_, index) => needs[index]).Sum(static info => info.NarSize);
    }
}
