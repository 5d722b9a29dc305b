using System.Runtime.InteropServices;
using NixSharp.Files;
using NixSharp.Native;
using NixSharp.StorePaths;
using NixSharp.Stores.Database;

namespace NixSharp.Stores.Garbage;

/// <summary>What a collection would delete, and what that would free.</summary>
internal sealed class GarbageForecast(StoreLayout layout, GarbageOptions options)
{
    private readonly Dictionary<FileIdentity, uint> _linked = [];
    private long _bytes;

    public GarbageResult Make(IReadOnlyList<string> entries, StoreGraph graph, IReadOnlyList<GcRoot> roots, CancellationToken cancellationToken)
    {
        var alive = new bool[graph.Paths.Count];
        graph.Mark(alive, roots.Where(root => graph.Numbers.ContainsKey(root.Path)).Select(root => graph.Numbers[root.Path]), options);
        var kept = roots.Where(static root => root.IsTemporary).Select(static root => root.Path.HashPart.ToString()).ToHashSet();
        var dead = graph.ListUnmarked(alive).Select(number => graph.Paths[number]);
        var leftovers = entries.Where(name => !name.EndsWith(".lock", StringComparison.Ordinal))
            .Select(name => StorePath.TryParseBaseName(name, layout.Directory, out var path) ? path : (StorePath?)null)
            .OfType<StorePath>()
            .Where(path => !graph.Numbers.ContainsKey(path) && !kept.Contains(path.HashPart.ToString()));
        var paths = new List<StorePath>();
        foreach (var path in dead.Concat(leftovers))
        {
            if (_bytes > options.MaxFreed)
            {
                break;
            }

            cancellationToken.ThrowIfCancellationRequested();
            Measure(layout.RealPathOf(path));
            paths.Add(path);
        }

        return new GarbageResult([.. paths.Order()], _bytes);
    }

    private void Measure(string place)
    {
        if (LibC.IsAvailable)
        {
            StatusWalk.Run(place, Count);
        }
    }

    private void Count(in StatX status)
    {
        if (status.Links <= 1 || status.Type == EntryType.Directory)
        {
            _bytes += status.SizeOnDisk;
            return;
        }

        // The space is freed with the last name but that in .links, which goes by itself.
        ref var seen = ref CollectionsMarshal.GetValueRefOrAddDefault(_linked, status.Identity, out _);
        if (++seen == status.Links - 1)
        {
            _bytes += status.SizeOnDisk;
        }
    }
}
