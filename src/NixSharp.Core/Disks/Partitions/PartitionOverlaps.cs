namespace NixSharp.Disks.Partitions;

/// <summary>Partitions that share bytes, which no table should have.</summary>
internal static class PartitionOverlaps
{
    /// <summary>Adds a problem for each two that overlap.</summary>
    public static void Note(IEnumerable<Partition> partitions, List<string> problems)
    {
        var sorted = partitions.Where(static partition => partition.Length > 0).OrderBy(static partition => partition.Offset).ToList();
        foreach (var (left, right) in sorted.Zip(sorted.Skip(1)))
        {
            if (left.Offset + left.Length > right.Offset)
            {
                problems.Add($"Partitions {left.Number} and {right.Number} overlap. Writing to one damages the other: make the image again.");
            }
        }
    }
}
