namespace NixSharp.Benchmarks.Comparisons;

internal static class AddComparisons
{
    /// <summary>Adds the 1 GB tree to an empty store in <paramref name="folder"/>.</summary>
    public static Task<Comparison> NewAsync(Workshop shop, string folder)
    {
        var tree = Workshop.LargeTree;
        var ours = Path.Combine(folder, "nixsharp-bench-ours");
        var theirs = Path.Combine(folder, "nixsharp-bench-theirs");

        // Everybody starts with the same space free and nothing left to write.
        var prepare = $"{Workshop.Clean(ours)}; {Workshop.Clean(theirs)}; sync";
        return Task.FromResult(new Comparison(
            $"add that tree to a store {(folder == Workshop.Work ? "on disk" : "in memory")}",
            ["nix-store"],
            new Contender("nixsharp store add", $"'{shop.Tool}' store add '{tree}' --store '{ours}' --quiet", prepare),
            [
                .. Workshop.ByNix("nix-store --add, then sync", nix => $"{nix("nix-store")} --store '{theirs}' --add '{tree}'; sync --file-system '{theirs}'", prepare),
                .. Workshop.ByNix("nix-store --add, which syncs nothing", nix => $"{nix("nix-store")} --store '{theirs}' --add '{tree}'", prepare),
            ]));
    }

    /// <summary>Adds the tree to a store that has it.</summary>
    public static async Task<Comparison> AgainAsync(Workshop shop)
    {
        await Workshop.AddLargeTreeAsync();
        return new Comparison(
            "add that tree again, which is there already",
            ["nix-store"],
            new Contender("nixsharp store add", $"'{shop.Tool}' store add '{Workshop.LargeTree}' --store '{Workshop.Store}' --quiet"),
            [.. Workshop.ByNix("nix-store --add", nix => $"{nix("nix-store")} --store '{Workshop.Store}' --add '{Workshop.LargeTree}'")]);
    }
}
