using NixSharp.Nar;

namespace NixSharp.Benchmarks.Comparisons;

internal static class NarComparisons
{
    public static Task<Comparison> HashAsync(Workshop shop)
    {
        var tree = Workshop.LargeTree;
        return Task.FromResult(new Comparison(
            "hash the NAR of 1 GB in 20,000 files",
            ["nix"],
            new Contender("nixsharp nar hash", $"'{shop.Tool}' nar hash '{tree}' --quiet"),
            [
                Contender.InProcess("NarArchive.DigestAsync", () => NarArchive.DigestAsync(tree)),
                .. Workshop.ByNix("nix hash path", nix => $"{nix("nix")} hash path '{tree}'"),
            ]));
    }
}
