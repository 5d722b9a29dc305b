using NixSharp.Benchmarks.Comparisons;

namespace NixSharp.Benchmarks;

/// <summary>All comparisons, by name. Each is made only when it is run, because making its inputs takes time.</summary>
internal static class Catalog
{
    public static IReadOnlyList<(string Name, Func<Workshop, Task<Comparison>> Make)> All { get; } =
    [
        ("hash a NAR", NarComparisons.HashAsync),
        ("add a tree to a store on disk", static shop => AddComparisons.NewAsync(shop, Workshop.Work)),
        ("add a tree to a store in memory", static shop => AddComparisons.NewAsync(shop, "/dev/shm")),
        ("add a tree again", AddComparisons.AgainAsync),
        ("volume", VolumeComparisons.CreateAsync),
        ("first push", PushComparisons.FirstAsync),
        ("unchanged push", PushComparisons.UnchangedAsync),
        ("up-to-date build", MSBuildComparisons.UpToDateAsync),
    ];
}
