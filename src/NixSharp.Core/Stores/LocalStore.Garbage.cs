using NixSharp.StorePaths;
using NixSharp.Stores.Database;
using NixSharp.Stores.Garbage;

namespace NixSharp.Stores;

public sealed partial class LocalStore
{
    /// <inheritdoc/>
    /// <exception cref="NixStoreException">The store can only be read, or something in it cannot be deleted.</exception>
    public Task<GarbageResult> CollectGarbageAsync(GarbageOptions? options = null, CancellationToken cancellationToken = default) =>
        RunAsync(() => CollectAsync(options ?? GarbageOptions.Default, cancellationToken), cancellationToken);

    private async Task<GarbageResult> CollectAsync(GarbageOptions options, CancellationToken cancellationToken)
    {
        if (options.DryRun)
        {
            var found = new GcRootFinder(Layout).Find(cancellationToken);
            return new GarbageForecast(Layout, options).Make(ListEntries(), ReadGraph(options), found, cancellationToken);
        }

        RefuseIfReadOnly();
        using var collector = await CollectorLock.AcquireAsync(Layout, cancellationToken).ConfigureAwait(false);
        var roots = new GcRootFinder(Layout, tidy: true).Find(cancellationToken);
        foreach (var root in roots.Where(static root => root.IsTemporary))
        {
            // The lock and the folder of a build have the hash part of what is built.
            collector.Keep(root.Path);
        }

        // In this order: what is listed and becomes valid meanwhile is found to be valid.
        var entries = ListEntries();
        return new GarbageCollection(Layout, _database, options).Run(ReadGraph(options), collector, roots, entries, cancellationToken);
    }

    private List<string> ListEntries() => [.. Directory.EnumerateFileSystemEntries(Layout.RealStore, "*", Everything).Select(static entry => Path.GetFileName(entry))];

    /// <summary>All valid paths; with the outputs of floating derivations, which only their realisations tell, where those count.</summary>
    private StoreGraph ReadGraph(GarbageOptions options)
    {
        var graph = _database.ReadGraph();
        if (!options.KeepOutputs)
        {
            return graph;
        }

        var outputs = graph.Outputs.ToDictionary();
        foreach (var path in graph.Paths.Where(path => path.IsDerivation && !outputs.ContainsKey(graph.Numbers[path])))
        {
            var realised = FindOutputs(path).Values.OfType<StorePath>().Where(graph.Numbers.ContainsKey).Select(output => graph.Numbers[output]).ToList();
            if (realised.Count > 0)
            {
                outputs.Add(graph.Numbers[path], realised);
            }
        }

        return graph.With(outputs);
    }

    private async Task<StorePath> DeletePathAsync(StorePath path, CancellationToken cancellationToken)
    {
        RefuseIfReadOnly();
        RefuseIfNotValid(path);

        // This store's own temporary root must not keep the path that it is asked to delete.
        var temporary = OpenTemporaryRoots();
        var trash = new StoreTrash(Layout);
        using (var collector = await CollectorLock.AcquireAsync(Layout, cancellationToken).ConfigureAwait(false))
        {
            var held = temporary.LetGo(path);
            try
            {
                RefuseIfUsed(path, cancellationToken);
                var chosen = collector.BeginDeleting(arrived => arrived.Contains(path) ? [] : [path]);
                if (chosen.Count == 0 || _database.Invalidate(chosen).Count > 0)
                {
                    throw InUse(path, "a process has begun to use it. Try again later");
                }

                trash.Move(path.BaseName);
            }
            catch
            {
                if (held)
                {
                    temporary.Hold(path);
                }

                throw;
            }
        }

        trash.Empty(CancellationToken.None);
        return path;
    }

    private void RefuseIfUsed(StorePath path, CancellationToken cancellationToken)
    {
        var roots = new GcRootFinder(Layout).Find(cancellationToken).ToLookup(static root => root.Path, static root => root.Source);
        if (roots.Contains(path))
        {
            throw InUse(path, $"{roots[path].First()} keeps it. Remove that root first");
        }

        var referrers = _database.QueryReferrers(path).Where(referrer => referrer != path).ToList();
        if (referrers.Count > 0)
        {
            var others = referrers.Count > 1 ? $" and {referrers.Count - 1} more refer" : " refers";
            var keeper = FindKeeper(referrers, roots) is { } found ? $", and {roots[found].First()} keeps {(found == referrers[0] ? "that" : found)}" : "";
            throw InUse(path, $"{referrers[0]}{others} to it{keeper}. Delete those first");
        }
    }

    /// <summary>The nearest path that refers to one of those given, directly or not, and has a root.</summary>
    private StorePath? FindKeeper(IReadOnlyList<StorePath> referrers, ILookup<StorePath, string> roots)
    {
        var seen = new HashSet<StorePath>(referrers);
        var open = new Queue<StorePath>(referrers);
        while (open.TryDequeue(out var path))
        {
            if (roots.Contains(path))
            {
                return path;
            }

            foreach (var referrer in _database.QueryReferrers(path).Where(seen.Add))
            {
                open.Enqueue(referrer);
            }
        }

        return null;
    }

    private static NixStoreException InUse(StorePath path, string why) => new(NixErrorCodes.PathInUse, $"{path} was not deleted: {why}.");
}
