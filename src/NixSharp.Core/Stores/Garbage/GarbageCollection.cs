using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Stores.Database;
using NixSharp.Stores.Optimising;

namespace NixSharp.Stores.Garbage;

/// <summary>
/// One collection of garbage. Paths are made invalid first, then moved aside, then deleted; a collection that is killed
/// leaves what the next one finds and deletes.
/// </summary>
internal sealed class GarbageCollection(StoreLayout layout, StoreDatabase database, GarbageOptions options)
{
    private const int Batch = 64;

    private readonly List<StorePath> _deleted = [];
    private readonly StoreTrash _trash = new(layout);

    /// <param name="graph">All valid paths.</param>
    /// <param name="collector">The lock, which this lets go of as soon as nothing is left to be decided.</param>
    /// <param name="roots">What keeps paths.</param>
    /// <param name="entries">What lay in the folder of store objects before <paramref name="graph"/> was read.</param>
    /// <param name="cancellationToken">Stops the collection between two paths.</param>
    public GarbageResult Run(StoreGraph graph, CollectorLock collector, IReadOnlyList<GcRoot> roots, IReadOnlyList<string> entries, CancellationToken cancellationToken)
    {
        var alive = new bool[graph.Paths.Count];
        graph.Mark(alive, roots.Where(root => graph.Numbers.ContainsKey(root.Path)).Select(root => graph.Numbers[root.Path]), options);
        var leftovers = entries.Where(name => name != StoreLinks.FolderName && !IsValid(name)).ToList();
        using (collector)
        {
            DeletePaths();
            DeleteLeftovers();
        }

        _trash.Empty(cancellationToken);
        if (!IsEnough)
        {
            _trash.Count(StoreLinks.RemoveUnused(layout, cancellationToken));
        }

        return new GarbageResult([.. _deleted.Order()], _trash.BytesFreed);

        bool IsValid(string name) => StorePath.TryParseBaseName(name, layout.Directory, out var path) && graph.Numbers.ContainsKey(path);

        void DeletePaths()
        {
            var dead = graph.ListUnmarked(alive);
            for (var next = 0; next < dead.Count && !IsEnough;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var chosen = collector.BeginDeleting(arrived =>
                {
                    graph.Mark(alive, arrived.Where(graph.Numbers.ContainsKey).Select(path => graph.Numbers[path]), options);
                    var batch = new List<StorePath>();
                    for (; next < dead.Count && batch.Count < (options.MaxFreed is null ? Batch : 1); next++)
                    {
                        if (!alive[dead[next]])
                        {
                            batch.Add(graph.Paths[dead[next]]);
                        }
                    }

                    return batch;
                });
                var needed = database.Invalidate(chosen).ToHashSet();
                graph.Mark(alive, needed.Select(path => graph.Numbers[path]), options);
                foreach (var path in chosen.Where(path => !needed.Contains(path)))
                {
                    _trash.Move(path.BaseName);
                    _deleted.Add(path);
                }

                collector.EndDeleting();
                Proceed(dead.Count);
            }
        }

        void DeleteLeftovers()
        {
            foreach (var name in leftovers)
            {
                if (IsEnough)
                {
                    return;
                }

                cancellationToken.ThrowIfCancellationRequested();
                DeleteLeftover(name, collector);
                Proceed(null);
            }
        }
    }

    /// <summary>Whether as much is freed as was asked for.</summary>
    private bool IsEnough => _trash.BytesFreed > options.MaxFreed;

    private void DeleteLeftover(string name, CollectorLock collector)
    {
        if (name.Length > StorePath.HashPartLength && Nix32.IsAlphabetOnly(name.AsSpan(0, StorePath.HashPartLength)) && collector.IsKept(name.AsSpan(0, StorePath.HashPartLength)))
        {
            return;
        }

        if (!StorePath.TryParseBaseName(name, layout.Directory, out var path))
        {
            _trash.Add(name);
            return;
        }

        if (name.EndsWith(".lock", StringComparison.Ordinal))
        {
            // A lock that somebody holds is no leftover.
            FileLock.TryAcquire(Path.Combine(layout.RealStore, name), FileLockMode.Exclusive)?.DeleteAndDispose();
            return;
        }

        foreach (var chosen in collector.BeginDeleting(_ => collector.IsKept(path.HashPart) || database.IsValid(path) ? [] : [path]))
        {
            _trash.Move(chosen.BaseName);
            _deleted.Add(chosen);
        }

        collector.EndDeleting();
    }

    private void Proceed(int? total)
    {
        options.Progress?.Report(new NixProgress("collecting", "paths", _deleted.Count, total, ProgressUnit.Items));
        if (options.MaxFreed is not null)
        {
            _trash.Empty(CancellationToken.None);
        }
    }
}
