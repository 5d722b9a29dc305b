using NixSharp.StorePaths;

namespace NixSharp.Stores.Copying;

/// <summary>Finds all that paths need, asking the store for many at a time: one round for each step away from the roots.</summary>
internal static class ReferenceWalk
{
    /// <exception cref="NixStoreException">A path is not valid in the store.</exception>
    public static async Task<IReadOnlyList<PathInfo>> FetchAsync(IPathInfoReader store, IEnumerable<StorePath> roots, CancellationToken cancellationToken)
    {
        var known = new Dictionary<StorePath, PathInfo>();
        var asked = roots.Distinct().ToList();
        while (asked.Count > 0)
        {
            foreach (var info in await store.GetPathInfosAsync(asked, cancellationToken).ConfigureAwait(false))
            {
                known.Add(info.Path, info);
            }

            asked = [.. asked.SelectMany(path => known[path].References).Where(path => !known.ContainsKey(path)).Distinct()];
        }

        return [.. known.Values];
    }
}
