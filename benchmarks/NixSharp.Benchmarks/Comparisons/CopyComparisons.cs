using System.Globalization;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Benchmarks.Comparisons;

internal static class CopyComparisons
{
    private const int SmallPaths = 20_000;

    /// <summary>One path of 1 GB to a store in memory, where the disk does not count.</summary>
    public static async Task<Comparison> LargeToStoreAsync(Workshop shop) =>
        Between("copy 1 GB to another store", shop, await Workshop.AddLargeTreeAsync(), Workshop.Store, Workshop.InMemory("copied"));

    /// <summary>One path of 1 GB to a binary cache in a folder in memory.</summary>
    public static async Task<Comparison> LargeToCacheAsync(Workshop shop, string compression) =>
        Between($"copy 1 GB to a file cache, {compression}", shop, await Workshop.AddLargeTreeAsync(), Workshop.Store, CacheUri(Workshop.InMemory("copied-cache"), compression), Workshop.InMemory("copied-cache"));

    /// <summary>One path of 1 GB out of a binary cache in a folder.</summary>
    public static async Task<Comparison> LargeFromCacheAsync(Workshop shop, string compression)
    {
        var path = await Workshop.AddLargeTreeAsync();
        var cache = await FillAsync(shop, path, Workshop.Store, $"large-{compression}", compression);
        return Between($"copy 1 GB from a file cache, {compression}", shop, path, cache, Workshop.InMemory("copied"));
    }

    /// <summary>Many small paths to a binary cache in a folder in memory.</summary>
    public static async Task<Comparison> SmallToCacheAsync(Workshop shop, string compression)
    {
        var (store, top) = await MakeSmallPathsAsync();
        return Between($"copy 20,000 small paths to a file cache, {compression}", shop, top, store, CacheUri(Workshop.InMemory("copied-cache"), compression), Workshop.InMemory("copied-cache"));
    }

    /// <summary>Many small paths out of a binary cache in a folder.</summary>
    public static async Task<Comparison> SmallFromCacheAsync(Workshop shop, string compression)
    {
        var (store, top) = await MakeSmallPathsAsync();
        var cache = await FillAsync(shop, top, store, $"small-{compression}", compression);
        return Between($"copy 20,000 small paths from a file cache, {compression}", shop, top, cache, Workshop.InMemory("copied"));
    }

    private static Comparison Between(string name, Workshop shop, StorePath path, string from, string to, string? folder = null)
    {
        var prepare = $"{Workshop.Clean(folder ?? to)}; {Workshop.Clean(Workshop.Cache)}";
        return new Comparison(
            name,
            ["nix"],
            new Contender("nixsharp copy", $"{Copy(shop, path, from, to)}", prepare),
            [.. Workshop.ByNix("nix copy", nix => $"{nix("nix")} copy --no-check-sigs --from '{from}' --to '{to}' {path}", prepare)]);
    }

    private static string Copy(Workshop shop, StorePath path, string from, string to) =>
        $"'{shop.Tool}' copy --no-check-sigs --from '{from}' --to '{to}' {path} --quiet";

    private static string CacheUri(string folder, string compression) => $"file://{folder}?compression={compression}";

    private static async Task<string> FillAsync(Workshop shop, StorePath path, string store, string name, string compression)
    {
        var uri = CacheUri(Workshop.FileOf(name), compression);
        await ScriptTimer.RunAsync(Copy(shop, path, store, uri));
        return uri;
    }

    private static async Task<(string Store, StorePath Top)> MakeSmallPathsAsync()
    {
        var folder = Workshop.FileOf("small-paths");
        await using var store = LocalStore.Open(folder, new StoreOptions { SyncBeforeRegistering = false });
        var paths = new List<StorePath>();
        for (var i = 0; i < SmallPaths; i++)
        {
            paths.Add(await store.AddTextAsync(string.Create(CultureInfo.InvariantCulture, $"small-{i}"), string.Create(CultureInfo.InvariantCulture, $"text {i}\n")));
        }

        return (folder, await store.AddTextAsync("all-small", string.Join('\n', paths), paths));
    }
}
