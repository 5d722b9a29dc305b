using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>Depth-first walk over references, without recursion: chains may be as long as the store is large.</summary>
internal static class ReferenceWalk
{
    public static async Task<IReadOnlyList<PathInfo>> RunAsync(
        IPathInfoReader store,
        IReadOnlyList<StorePath> roots,
        CancellationToken cancellationToken)
    {
        var infos = store is IClosureReader reader
            ? await reader.QueryClosureAsync(roots, cancellationToken).ConfigureAwait(false)
            : await AskAsync(store, roots, cancellationToken).ConfigureAwait(false);
        return Order(infos, roots);
    }

    /// <summary>Asks for all that one step reaches at once.</summary>
    private static async Task<IReadOnlyDictionary<StorePath, PathInfo>> AskAsync(
        IPathInfoReader store,
        IReadOnlyList<StorePath> roots,
        CancellationToken cancellationToken)
    {
        var infos = new Dictionary<StorePath, PathInfo>();
        var seen = new HashSet<StorePath>(roots);
        IReadOnlyCollection<StorePath> next = roots;
        while (next.Count > 0)
        {
            var reached = new List<StorePath>();
            foreach (var (path, info) in await store.QueryPathInfosAsync(next, cancellationToken).ConfigureAwait(false))
            {
                infos.Add(path, info);
                reached.AddRange(info.References.Where(seen.Add));
            }

            next = reached;
        }

        return infos;
    }

    private static List<PathInfo> Order(IReadOnlyDictionary<StorePath, PathInfo> infos, IReadOnlyList<StorePath> roots)
    {
        var ordered = new List<PathInfo>(infos.Count);
        var seen = new HashSet<StorePath>(infos.Count);
        var open = new Stack<(PathInfo Info, int Next)>();
        foreach (var root in roots)
        {
            Enter(root, null);
            while (open.TryPop(out var top))
            {
                if (top.Next == top.Info.References.Count)
                {
                    ordered.Add(top.Info);
                    continue;
                }

                open.Push((top.Info, top.Next + 1));
                Enter(top.Info.References[top.Next], top.Info.Path);
            }
        }

        return ordered;

        void Enter(StorePath path, StorePath? referrer)
        {
            if (seen.Add(path))
            {
                open.Push((infos.TryGetValue(path, out var info) ? info : throw Missing(path, referrer), 0));
            }
        }
    }

    private static NixStoreException Missing(StorePath path, StorePath? referrer) => referrer is { } from
        ? new NixStoreException(
            NixErrorCodes.PathNotValid,
            $"{path}, which {from} refers to, is not valid in the store. Verify the store with 'nix-store --verify'.")
        : PathInfoReaders.NotValid(path);
}
