using NixSharp.StorePaths;

namespace NixSharp.Benchmarks.Comparisons;

internal static class PushComparisons
{
    private static readonly string[] Programs = ["skopeo", "docker-registry", "tar"];

    public static async Task<Comparison> FirstAsync(Workshop shop)
    {
        var path = await Workshop.AddLargeTreeAsync();
        return new Comparison(
            "first push of that tree",
            Programs,
            new Contender("nixsharp image push", Push(shop, path, "ours-$(date +%s%N)"), ForgetPushes),
            [new Contender("tar, then skopeo copy", $"{MakeArchive(shop, path)}; {Skopeo(shop, "theirs-$(date +%s%N)")}", ForgetPushes)]);
    }

    public static async Task<Comparison> UnchangedAsync(Workshop shop)
    {
        var path = await Workshop.AddLargeTreeAsync();
        return new Comparison(
            "push of that tree again, unchanged",
            Programs,
            new Contender("nixsharp image push", Push(shop, path, "again-ours")),
            [new Contender("skopeo copy of the same archive", $"[ -e '{Workshop.Work}/image.tar' ] || {{ {MakeArchive(shop, path)}; }}; {Skopeo(shop, "again-theirs")}")]);
    }

    private static string Push(Workshop shop, StorePath path, string repository) =>
        $"'{shop.Tool}' image push {path} {shop.Registry}/{repository}:1 --store '{Workshop.Store}' --quiet";

    private static string Skopeo(Workshop shop, string repository) =>
        $"skopeo copy --dest-tls-verify=false docker-archive:'{Workshop.Work}/image.tar' docker://{shop.Registry}/{repository}:1";

    /// <summary>Empties the caches in which NixSharp and skopeo remember layers; the second place is skopeo's as root.</summary>
    private static string ForgetPushes =>
        $"{Workshop.Clean(Workshop.Cache)}; rm -f /var/lib/containers/cache/blob-info-cache-v1.boltdb ~/.local/share/containers/cache/blob-info-cache-v1.boltdb";

    /// <summary>What it takes to have an archive that skopeo can push: one layer, its digest, a configuration.</summary>
    private static string MakeArchive(Workshop shop, StorePath path)
    {
        var folder = Workshop.FileOf("archive");
        return $$$"""
            rm -rf '{{{folder}}}'; mkdir -p '{{{folder}}}'
            tar --sort=name --mtime=@1 --owner=0 --group=0 --numeric-owner -C '{{{Workshop.Store}}}' -cf '{{{folder}}}/layer.tar' 'nix/store/{{{path.BaseName}}}'
            digest=$(sha256sum '{{{folder}}}/layer.tar' | cut -d' ' -f1)
            printf '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$digest" > '{{{folder}}}/config.json'
            printf '[{"Config":"config.json","RepoTags":["tree:1"],"Layers":["layer.tar"]}]' > '{{{folder}}}/manifest.json'
            tar -C '{{{folder}}}' -cf '{{{Workshop.Work}}}/image.tar' manifest.json config.json layer.tar
            """;
    }
}
