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
        ("closure of 2,000 paths", static shop => ClosureComparisons.QueryAsync(shop, 2_000)),
        ("closure of 100,000 paths", static shop => ClosureComparisons.QueryAsync(shop, 100_000)),
        ("recompute 2,000 derivations", static shop => DerivationComparisons.RecomputeAsync(shop, 2_000)),
        ("verify a store", MaintenanceComparisons.VerifyAsync),
        ("optimise a store", MaintenanceComparisons.OptimiseAsync),
        ("copy 1 GB to a store", CopyComparisons.LargeToStoreAsync),
        ("copy 1 GB to a cache, none", static shop => CopyComparisons.LargeToCacheAsync(shop, "none")),
        ("copy 1 GB to a cache, zstd", static shop => CopyComparisons.LargeToCacheAsync(shop, "zstd")),
        ("copy 1 GB from a cache, none", static shop => CopyComparisons.LargeFromCacheAsync(shop, "none")),
        ("copy 1 GB from a cache, zstd", static shop => CopyComparisons.LargeFromCacheAsync(shop, "zstd")),
        ("copy small paths to a cache, none", static shop => CopyComparisons.SmallToCacheAsync(shop, "none")),
        ("copy small paths to a cache, zstd", static shop => CopyComparisons.SmallToCacheAsync(shop, "zstd")),
        ("copy small paths from a cache, none", static shop => CopyComparisons.SmallFromCacheAsync(shop, "none")),
        ("copy small paths from a cache, zstd", static shop => CopyComparisons.SmallFromCacheAsync(shop, "zstd")),
        ("write a sparse disk image of 1 GB", static shop => DiskComparisons.WriteAsync(shop, 1)),
        ("write a sparse disk image of 8 GB", static shop => DiskComparisons.WriteAsync(shop, 8)),
        ("volume of 1,000 files", static shop => VolumeComparisons.CreateAsync(shop, 10)),
        ("volume of 50,000 files", static shop => VolumeComparisons.CreateAsync(shop, 500)),
        ("volume of bind mounts", static _ => VolumeComparisons.BindAsync(1_000)),
        ("volume deleted", static shop => VolumeComparisons.DeleteAsync(shop, 500)),
        ("publish a volume of 100 files", static _ => CsiComparisons.PublishAsync("hundred", static () => Directory.EnumerateDirectories(Trees.Many(Workshop.Work)).Order().First(), "100")),
        ("publish a volume of 50,000 files", static _ => CsiComparisons.PublishAsync("fifty-thousand", static () => Trees.Many(Workshop.Work), "50,000")),
        ("first push, 1 layer", static shop => PushComparisons.FirstAsync(shop, PushSubject.LargeAsync)),
        ("first push, 60 layers", static shop => PushComparisons.FirstAsync(shop, PushSubject.SixtyAsync)),
        ("unchanged push", static shop => PushComparisons.UnchangedAsync(shop, isSlow: false)),
        ("unchanged push, 50 ms away", static shop => PushComparisons.UnchangedAsync(shop, isSlow: true)),
        ("push after a change", PushComparisons.ChangedAsync),
        ("pull", PushComparisons.PullAsync),
        ("build an image", PushComparisons.BuildAsync),
        ("publish and push, unchanged", static shop => PublishComparisons.PushAsync(shop, isChanged: false)),
        ("publish and push, changed", static shop => PublishComparisons.PushAsync(shop, isChanged: true)),
        ("deps.json of 500 packages", LockComparisons.PackagesAsync),
        ("flake.lock of 1,000 nodes", LockComparisons.FlakeLockAsync),
        ("lines of internal-json", LogComparisons.ReadAsync),
        ("up-to-date build", MSBuildComparisons.UpToDateAsync),
        .. Environment.GetEnvironmentVariable("NIXSHARP_BENCH_LARGE") is { Length: > 0 } ? Large : [],
    ];

    /// <summary>Those that take many minutes to prepare.</summary>
    private static IReadOnlyList<(string Name, Func<Workshop, Task<Comparison>> Make)> Large =>
    [
        ("volume of 500,000 files", static shop => VolumeComparisons.CreateAsync(shop, 5_000)),
        ("volume deleted, 500,000 files", static shop => VolumeComparisons.DeleteAsync(shop, 5_000)),
    ];
}
