using NixSharp.StorePaths;

namespace NixSharp.Stores.Copying;

/// <summary>Paths that are added together: many small ones, or one that is large.</summary>
/// <param name="Paths">The paths, what one refers to before it.</param>
/// <param name="Needs">The numbers of the earlier batches that hold what these refer to.</param>
internal sealed record CopyBatch(IReadOnlyList<PathInfo> Paths, IReadOnlyList<int> Needs)
{
    private const int MaxCount = 512;
    private const long MaxSize = 16 * 1024 * 1024;

    // So that there is work for each of the transfers, while there are few paths.
    private const int BatchesForEachJob = 4;

    /// <summary>Splits paths, which are in order, into batches.</summary>
    public static IReadOnlyList<CopyBatch> Split(IReadOnlyList<PathInfo> ordered, int jobs)
    {
        var limit = Math.Clamp(ordered.Count / (jobs * BatchesForEachJob), 1, MaxCount);
        var batches = new List<CopyBatch>();
        var batchOf = new Dictionary<StorePath, int>();
        for (var start = 0; start < ordered.Count;)
        {
            var (end, size) = (start, 0L);
            while (end < ordered.Count && end - start < limit && (end == start || size + ordered[end].NarSize <= MaxSize))
            {
                size += ordered[end++].NarSize;
            }

            var paths = ordered.Skip(start).Take(end - start).ToList();
            var needs = paths.SelectMany(static info => info.References).Select(path => batchOf.GetValueOrDefault(path, -1)).Where(static batch => batch >= 0).Distinct().ToList();
            foreach (var info in paths)
            {
                batchOf.Add(info.Path, batches.Count);
            }

            batches.Add(new CopyBatch(paths, needs));
            start = end;
        }

        return batches;
    }
}
