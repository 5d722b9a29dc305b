using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>Sorts paths so that what one refers to stands before it; without recursion, and the same way each time.</summary>
internal static class ReferenceOrder
{
    /// <exception cref="NixStoreException">The references form a cycle.</exception>
    public static IReadOnlyList<PathInfo> Sort(IReadOnlyCollection<PathInfo> infos)
    {
        var byPath = infos.ToDictionary(static info => info.Path);
        var ordered = new List<PathInfo>(infos.Count);
        var isDone = new Dictionary<StorePath, bool>();
        var open = new Stack<(PathInfo Info, int Next)>();
        foreach (var root in infos.OrderBy(static info => info.Path))
        {
            Enter(root);
            while (open.TryPop(out var top))
            {
                if (top.Next == top.Info.References.Count)
                {
                    isDone[top.Info.Path] = true;
                    ordered.Add(top.Info);
                    continue;
                }

                open.Push((top.Info, top.Next + 1));
                var reference = top.Info.References[top.Next];
                if (reference != top.Info.Path && byPath.TryGetValue(reference, out var next))
                {
                    Enter(next);
                }
            }
        }

        return ordered;

        void Enter(PathInfo info)
        {
            if (isDone.TryGetValue(info.Path, out var done))
            {
                if (!done)
                {
                    throw new NixStoreException(
                        NixErrorCodes.StoreDatabase,
                        $"{info.Path} refers to itself through other paths. A store has no cycles; what says so is damaged or hostile.");
                }

                return;
            }

            isDone.Add(info.Path, false);
            open.Push((info, 0));
        }
    }
}
