namespace NixSharp.Benchmarks.Comparisons;

internal static class VolumeComparisons
{
    public static async Task<Comparison> CreateAsync(Workshop shop)
    {
        var (all, packages) = await Workshop.AddPackagesAsync();
        var volumes = Workshop.FileOf("volumes");
        var prepare = $"mkdir -p '{volumes}'; {Workshop.Clean(volumes + "/v")}";
        var realStore = $"{Workshop.Store}/nix/store";
        var names = Workshop.FileOf("package-names.txt");
        await File.WriteAllLinesAsync(names, packages.Select(static path => path.BaseName));
        var list = Workshop.FileOf("packages.txt");
        await File.WriteAllLinesAsync(list, packages.Select(path => $"{realStore}/{path.BaseName}"));
        return new Comparison(
            "volume of 50,000 files in 500 store paths",
            ["rsync"],
            new Contender("nixsharp volume create", $"'{shop.Tool}' volume create {all} '{volumes}/v' --store '{Workshop.Store}' --quiet", prepare),
            [
                new Contender("cp -al (files only)", $"mkdir '{volumes}/v'; xargs -a '{list}' cp -al -t '{volumes}/v'", prepare),
                new Contender("rsync --link-dest (files only)", $"rsync -a --link-dest='{realStore}' --files-from='{names}' -r '{realStore}/' '{volumes}/v/'", prepare),
            ]);
    }
}
