using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Benchmarks;

/// <summary>Store paths of 100 small files each in the workshop's store, and one that refers to them all.</summary>
/// <param name="All">The one that refers to them.</param>
/// <param name="Packages">The store paths.</param>
internal sealed record PackageSet(StorePath All, IReadOnlyList<StorePath> Packages)
{
    /// <summary>A file with the path of each on this machine.</summary>
    public string PathList => Workshop.FileOf($"packages-{Packages.Count}.txt");

    /// <summary>A file with the base name of each.</summary>
    public string NameList => Workshop.FileOf($"package-names-{Packages.Count}.txt");

    public static async Task<PackageSet> MakeAsync(int packages)
    {
        await using var store = LocalStore.Open(Workshop.Store, new StoreOptions { SyncBeforeRegistering = false });
        var paths = new List<StorePath>();
        foreach (var package in Directory.EnumerateDirectories(Trees.Many(Workshop.Work, packages)).Order())
        {
            paths.Add(await store.AddAsync(package));
        }

        var set = new PackageSet(await store.AddTextAsync("all-packages", string.Join('\n', paths), paths), paths);
        await File.WriteAllLinesAsync(set.NameList, paths.Select(static path => path.BaseName));
        await File.WriteAllLinesAsync(set.PathList, paths.Select(store.GetRealPath));
        return set;
    }
}
