using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Closures;

/// <summary>Depth-first walk over references, without recursion: chains may be as long as the store is large.</summary>
internal static class ClosureWalk
{
    public static async Task<IReadOnlyList<PathInfo>> RunAsync(
        IPathInfoReader store,
        IReadOnlyList<StorePath> roots,
        CancellationToken cancellationToken)
    {
        var ordered = new List<PathInfo>();
        var seen = new HashSet<StorePath>();
        var open = new Stack<(PathInfo Info, int Next)>();
        foreach (var root in roots)
        {
            await EnterAsync(root, null).ConfigureAwait(false);
            while (open.TryPop(out var top))
            {
                if (top.Next == top.Info.References.Count)
                {
                    ordered.Add(top.Info);
                    continue;
                }

                open.Push((top.Info, top.Next + 1));
                await EnterAsync(top.Info.References[top.Next], top.Info.Path).ConfigureAwait(false);
            }
        }

        return ordered;

        async Task EnterAsync(StorePath path, StorePath? referrer)
        {
            if (!seen.Add(path))
            {
                return;
            }

            var info = referrer is { } from
                ? await store.QueryPathInfoAsync(path, cancellationToken).ConfigureAwait(false)
                    ?? throw new NixStoreException(
                        NixErrorCodes.PathNotValid,
                        $"{path}, which {from} refers to, is not valid in the store. Verify the store with 'nix-store --verify'.")
                : await store.GetPathInfoAsync(path, cancellationToken).ConfigureAwait(false);
            open.Push((info, 0));
        }
    }
}
