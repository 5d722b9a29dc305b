using System.Globalization;
using NixSharp.Closures;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Volumes;

namespace NixSharp.Benchmarks.Comparisons;

internal static class VolumeComparisons
{
    private static readonly int[] Threads = [1, 2, 4];
    private static readonly string Volumes = Workshop.FileOf("volumes");
    private static readonly string Volume = Path.Combine(Volumes, "v");
    private static readonly string RealStore = $"{Workshop.Store}/nix/store";

    /// <summary>Hard links, in the program and in the library with 1, 2 and 4 threads, beside those who make links, or copies.</summary>
    /// <param name="shop">The workshop.</param>
    /// <param name="paths">How many store paths there are, of 100 files each.</param>
    public static async Task<Comparison> CreateAsync(Workshop shop, int paths)
    {
        var set = await PackageSet.MakeAsync(paths);
        var prepare = $"mkdir -p '{Volumes}'; {Workshop.Clean(Volume)}";
        return new Comparison(
            $"volume of {Count(paths * 100)} files in {Count(paths)} store paths",
            ["rsync", "nix-store", "cp"],
            new Contender("nixsharp volume create", $"'{shop.Tool}' volume create {set.All} '{Volume}' --store '{Workshop.Store}' --quiet", prepare),
            [
                .. Threads.Select(threads => Contender.InProcess($"StoreVolume.CreateAsync, {threads} thread{(threads == 1 ? "" : "s")}", () => CreateAsync(set.All, new VolumeOptions { Parallelism = threads }), prepare)),
                Contender.InProcess("StoreVolume.CreateAsync, not synced", () => CreateAsync(set.All, new VolumeOptions { Sync = false }), prepare),
                Contender.InProcess("a bare loop of linkat (files only)", () => Task.Run(() => BareLinks.Make(set.Packages.Select(static path => Path.Combine(RealStore, path.BaseName)), Volume)), prepare),
                new Contender("cp -al (files only)", $"mkdir '{Volume}'; xargs -a '{set.PathList}' cp -al -t '{Volume}'", prepare),
                new Contender("rsync --link-dest (files only)", $"rsync -a --link-dest='{RealStore}' --files-from='{set.NameList}' -r '{RealStore}/' '{Volume}/'", prepare),
                new Contender("nix path-info, rsync, dump-db, load-db", NodeSteps(set.All), prepare),
            ]);
    }

    /// <summary>A volume whose store paths are mounted one by one, made and mounted, beside a mount program that does the same.</summary>
    /// <param name="paths">How many store paths there are, of 100 files each.</param>
    public static async Task<Comparison> BindAsync(int paths)
    {
        var set = await PackageSet.MakeAsync(paths);
        var store = LocalStore.Open(Workshop.Store);
        var pool = await VolumePool.OpenAsync(Workshop.FileOf("pool"), store);
        var closure = await store.GetClosureAsync(set.All);
        var (name, target) = (VolumeName.Parse("v"), Path.Combine(Volumes, "mounted"));
        await pool.CreateAsync(VolumeName.Parse("kept"), closure, new VolumeOptions { Kind = VolumeKind.BindView });
        var places = string.Join(' ', set.Packages.Select(static path => path.BaseName));
        var byHand = $"mkdir -p '{Volume}'; cd '{Volume}'; mkdir {places}; for p in {places}; do mount --bind -o ro '{RealStore}/'$p $p; done";
        var clean = $"awk -v d='{Volumes}' 'index($5, d) == 1 {{ print $5 }}' /proc/self/mountinfo | tac | xargs -r umount";
        return new Comparison(
            $"bind view of {Count(paths)} store paths with {Count(paths * 100)} files",
            ["mount"],
            Contender.InProcess("VolumePool.MountAsync", () => pool.MountAsync(VolumeName.Parse("kept"), target), clean),
            [
                Contender.InProcess("VolumePool.CreateAsync and MountAsync", async () =>
                {
                    await pool.CreateAsync(name, closure, new VolumeOptions { Kind = VolumeKind.BindView, Sync = false });
                    await pool.MountAsync(name, target);
                }, $"{clean}; {Workshop.Clean(Workshop.FileOf("pool/volumes/v"))}"),
                Contender.InProcess("VolumePool.UnmountAsync", async () => await pool.UnmountAsync(target)),
                new Contender("mkdir and mount --bind for each (files only)", byHand, $"{clean}; {Workshop.Clean(Volume)}"),
            ])
        {
            Finish = clean,
        };
    }

    /// <summary>A volume of hard links, deleted.</summary>
    /// <param name="shop">The workshop.</param>
    /// <param name="paths">How many store paths there are, of 100 files each.</param>
    public static async Task<Comparison> DeleteAsync(Workshop shop, int paths)
    {
        var set = await PackageSet.MakeAsync(paths);
        var prepare = $"mkdir -p '{Volumes}'; {Workshop.Clean(Volume)}; '{shop.Tool}' volume create {set.All} '{Volume}' --store '{Workshop.Store}' --quiet --no-gc-root";
        return new Comparison(
            $"delete a volume of {Count(paths * 100)} files",
            [],
            new Contender("nixsharp volume delete", $"'{shop.Tool}' volume delete '{Volume}'", prepare),
            [
                Contender.InProcess("StoreVolume.DeleteAsync", async () => await (await StoreVolume.OpenAsync(Volume)).DeleteAsync(), prepare),
                new Contender("rm -rf", $"rm -rf '{Volume}'", prepare),
            ]);
    }

    private static async Task CreateAsync(StorePath root, VolumeOptions options)
    {
        await using var store = LocalStore.Open(Workshop.Store);
        await StoreVolume.CreateAsync(await store.GetClosureAsync(root), Volume, options with { AddGcRoot = false });
    }

    /// <summary>What a node plugin does that has Nix's programs and rsync: copies, although --hard-links is given, since nothing is there to link to.</summary>
    private static string NodeSteps(StorePath root) => $"""
        mkdir -p '{Volume}/nix/store' '{Volume}/nix/var/nix/gcroots'
        nix --store '{Workshop.Store}' path-info -r {root} > '{Volume}/paths'
        sed 's|^|{Workshop.Store}|' '{Volume}/paths' | xargs sh -c 'rsync --archive --hard-links "$@" "{Volume}/nix/store"' sh
        xargs -a '{Volume}/paths' nix-store --store '{Workshop.Store}' --dump-db | nix-store --store '{Volume}' --load-db
        """;

    private static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
