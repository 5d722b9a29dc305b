using System.Globalization;
using NixSharp.Closures;
using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Database;

namespace NixSharp.Benchmarks.Comparisons;

internal static class ClosureComparisons
{
    private const int ReferencesEach = 8;

    /// <summary>The closure of <paramref name="count"/> paths, with all that the store knows of each.</summary>
    public static async Task<Comparison> QueryAsync(Workshop shop, int count)
    {
        var folder = Workshop.FileOf($"closure-{count}");
        var top = MakeStore(folder, count);
        return new Comparison(
            string.Create(CultureInfo.InvariantCulture, $"closure of {count:N0} paths"),
            ["nix"],
            Contender.InProcess("store.GetClosureAsync", () => AskAsync(folder, top)),
            [
                new Contender("nixsharp path-info -r --json", $"'{shop.Tool}' path-info -r --json {top} --store '{folder}' >/dev/null"),
                .. Workshop.ByNix("nix path-info -r --json", nix => $"{nix("nix")} path-info -r --json {top} --store '{folder}' >/dev/null"),
                .. Workshop.ByNix("nix-store -qR", nix => $"{nix("nix-store")} --store '{folder}' -qR {top} >/dev/null"),
            ]);
    }

    private static async Task AskAsync(string folder, StorePath top)
    {
        await using var store = LocalStore.Open(folder);
        await store.GetClosureAsync(top);
    }

    /// <summary>A store that says it has so many paths, each of which needs some of those before it: no files, since nobody reads them here.</summary>
    private static StorePath MakeStore(string folder, int count)
    {
        var paths = Enumerable.Range(0, count).Select(PathOf).ToList();
        var done = Path.Combine(folder, "made");
        if (File.Exists(done))
        {
            return paths[^1];
        }

        var random = new Random(1);
        var layout = new StoreLayout(folder, StoreDirectory.Default);
        using (var database = StoreDatabase.OpenOrCreate(layout.Database, StoreDirectory.Default))
        {
            database.Register([.. paths.Select((path, i) => new PathInfo
            {
                Path = path,
                NarHash = NixHash.Compute(NixHashAlgorithm.Sha256, BitConverter.GetBytes(i)),
                NarSize = 1000 + i,
                RegistrationTime = DateTimeOffset.UnixEpoch.AddSeconds(i),
                References = [.. Before(i).Distinct().Order()],
            })]);
        }

        File.WriteAllText(done, "");
        return paths[^1];

        // The one before, so that the last path needs them all, and others as they come.
        IEnumerable<StorePath> Before(int i) => i == 0 ? [] : Enumerable.Range(1, ReferencesEach).Select(_ => paths[random.Next(i)]).Append(paths[i - 1]);
    }

    private static StorePath PathOf(int number) => StorePath.FromContentAddress(
        string.Create(CultureInfo.InvariantCulture, $"package-{number}"),
        ContentAddress.Fixed(FileIngestionMethod.Recursive, NixHash.Compute(NixHashAlgorithm.Sha256, BitConverter.GetBytes(number))));
}
