using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>References that lead back to where they come from, which no store may have.</summary>
internal static class ReferenceCycles
{
    /// <summary>Refuses paths that refer to themselves through others; a path may refer to itself directly.</summary>
    /// <exception cref="NixStoreException">There is such a cycle.</exception>
    public static void Refuse(IReadOnlyCollection<PathInfo> infos)
    {
        var byPath = infos.ToDictionary(static info => info.Path);
        var finished = new HashSet<StorePath>();
        var onStack = new HashSet<StorePath>();
        var open = new Stack<(PathInfo Info, int Next)>();
        foreach (var root in infos)
        {
            Enter(root);
            while (open.TryPop(out var top))
            {
                if (top.Next == top.Info.References.Count)
                {
                    onStack.Remove(top.Info.Path);
                    finished.Add(top.Info.Path);
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

        void Enter(PathInfo info)
        {
            if (finished.Contains(info.Path))
            {
                return;
            }

            if (!onStack.Add(info.Path))
            {
                throw new NixStoreException(
                    NixErrorCodes.StoreDatabase,
                    $"{info.Path} refers to itself through other paths. A store has no cycles; nothing was registered.");
            }

            open.Push((info, 0));
        }
    }
}
