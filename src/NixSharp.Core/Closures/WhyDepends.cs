using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Closures;

/// <summary>Why one store path needs another: the chains of references from the one to the other.</summary>
public sealed partial class WhyDepends
{
    private readonly Dictionary<StorePath, IReadOnlyList<StorePath>> _next = [];

    private WhyDepends(StorePath path, StorePath dependency)
    {
        Path = path;
        Dependency = dependency;
    }

    /// <summary>The path that needs the other.</summary>
    public StorePath Path { get; }

    /// <summary>The path that is needed.</summary>
    public StorePath Dependency { get; }

    /// <summary>Whether there is any chain.</summary>
    public bool Depends => _next.ContainsKey(Path);

    /// <summary>One of the shortest chains, from <see cref="Path"/> to <see cref="Dependency"/>; empty where there is none.</summary>
    public IReadOnlyList<StorePath> ShortestChain
    {
        get
        {
            var chain = new List<StorePath>();
            if (Depends)
            {
                chain.Add(Path);
                while (chain[^1] != Dependency)
                {
                    // The references stand nearest first.
                    chain.Add(_next[chain[^1]][0]);
                }
            }

            return chain;
        }
    }

    /// <summary>For every path that lies on some chain, those of its references that lead on, the nearest to <see cref="Dependency"/> first.</summary>
    public IReadOnlyDictionary<StorePath, IReadOnlyList<StorePath>> References => _next;

    /// <summary>Looks for the chains in the closure of <paramref name="path"/>.</summary>
    /// <exception cref="NixStoreException">A path is not valid in the store.</exception>
    public static async Task<WhyDepends> FindAsync(INixStore store, StorePath path, StorePath dependency, CancellationToken cancellationToken = default) =>
        Find(await store.GetClosureAsync(path, cancellationToken).ConfigureAwait(false), path, dependency);

    /// <summary>Looks for the chains in a closure that holds <paramref name="path"/>.</summary>
    public static WhyDepends Find(Closure closure, StorePath path, StorePath dependency)
    {
        ArgumentNullException.ThrowIfNull(closure);
        var result = new WhyDepends(path, dependency);
        var distances = FindDistances(closure, dependency);
        if (!closure.Contains(path) || !distances.ContainsKey(path))
        {
            return result;
        }

        // Only what can be reached from the path lies on its chains; the closure may have other roots.
        var open = new Stack<StorePath>([path]);
        while (open.TryPop(out var current))
        {
            if (result._next.ContainsKey(current))
            {
                continue;
            }

            var next = current == dependency
                ? []
                : closure[current].References.Where(reference => reference != current && distances.ContainsKey(reference)).OrderBy(reference => distances[reference]).ThenBy(static reference => reference).ToList();
            result._next.Add(current, next);
            next.ForEach(open.Push);
        }

        return result;
    }

    /// <summary>
    /// Every chain, from <see cref="Path"/> to <see cref="Dependency"/>, one after the other. There may be more than anybody
    /// can count, so take a few.
    /// </summary>
    public IEnumerable<IReadOnlyList<StorePath>> EnumerateChains()
    {
        if (!Depends)
        {
            yield break;
        }

        var chain = new List<(StorePath Path, int Next)> { (Path, 0) };
        while (chain.Count > 0)
        {
            var (current, next) = chain[^1];
            if (current == Dependency)
            {
                yield return [.. chain.Select(static step => step.Path)];
            }

            if (next < _next[current].Count)
            {
                chain[^1] = (current, next + 1);
                chain.Add((_next[current][next], 0));
            }
            else
            {
                chain.RemoveAt(chain.Count - 1);
            }
        }
    }

    /// <summary>How many references away from <paramref name="dependency"/> each path is that needs it.</summary>
    private static Dictionary<StorePath, int> FindDistances(Closure closure, StorePath dependency)
    {
        var distances = new Dictionary<StorePath, int>();
        if (!closure.Contains(dependency))
        {
            return distances;
        }

        var referrers = closure.Paths
            .SelectMany(static info => info.References.Select(reference => (Reference: reference, Referrer: info.Path)))
            .ToLookup(static edge => edge.Reference, static edge => edge.Referrer);
        var open = new Queue<StorePath>([dependency]);
        distances.Add(dependency, 0);
        while (open.TryDequeue(out var path))
        {
            foreach (var referrer in referrers[path].Where(referrer => distances.TryAdd(referrer, distances[path] + 1)))
            {
                open.Enqueue(referrer);
            }
        }

        return distances;
    }
}
