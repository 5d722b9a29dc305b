namespace NixSharp.Benchmarks.Comparisons;

internal static class MaintenanceComparisons
{
    /// <summary>Hashes all that a store holds: the 1 GB tree and 50,000 small files.</summary>
    public static async Task<Comparison> VerifyAsync(Workshop shop)
    {
        await Workshop.AddLargeTreeAsync();
        await PackageSet.MakeAsync(500);
        return new Comparison(
            "verify a store of 1 GB in 70,000 files",
            ["nix-store"],
            new Contender("nixsharp store verify --check-contents", $"'{shop.Tool}' store verify --check-contents --store '{Workshop.Store}' --quiet"),
            [.. Workshop.ByNix("nix-store --verify --check-contents", nix => $"{nix("nix-store")} --store '{Workshop.Store}' --verify --check-contents")]);
    }

    /// <summary>Links equal files of a store in which nothing is linked yet.</summary>
    public static async Task<Comparison> OptimiseAsync(Workshop shop)
    {
        await Workshop.AddLargeTreeAsync();
        await PackageSet.MakeAsync(500);
        var copy = Workshop.InMemory("unoptimised");
        var prepare = $"{Workshop.Clean(copy)}; cp -a --no-preserve=links '{Workshop.Store}' '{copy}'; rm -rf '{copy}/nix/store/.links'; mkdir '{copy}/nix/store/.links'";
        return new Comparison(
            "optimise that store",
            ["nix-store"],
            new Contender("nixsharp store optimise", $"'{shop.Tool}' store optimise --store '{copy}' --quiet", prepare),
            [.. Workshop.ByNix("nix-store --optimise", nix => $"{nix("nix-store")} --store '{copy}' --optimise", prepare)]);
    }
}
