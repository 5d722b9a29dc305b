using NixSharp.Closures;
using NixSharp.Images;
using NixSharp.Registries;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.Benchmarks.Comparisons;

/// <summary>What is pushed: a closure of the workshop's store, and the same files as the peers take them.</summary>
/// <param name="Name">What files made of it are called.</param>
/// <param name="Root">The path whose closure it is.</param>
/// <param name="Layers">The paths, a layer each.</param>
internal sealed record PushSubject(string Name, StorePath Root, IReadOnlyList<StorePath> Layers)
{
    public string Archive => Workshop.FileOf($"{Name}.tar");

    public string Layout => Workshop.FileOf($"{Name}-layout");

    /// <summary>The 1 GB tree as one path.</summary>
    public static async Task<PushSubject> LargeAsync()
    {
        var path = await Workshop.AddLargeTreeAsync();
        return new PushSubject("one-layer", path, [path]);
    }

    /// <summary>The 1 GB tree as 59 paths, and one that needs them all.</summary>
    public static async Task<PushSubject> SixtyAsync()
    {
        await using var store = LocalStore.Open(Workshop.Store);
        var parts = new List<StorePath>();
        foreach (var part in Trees.Parts(Workshop.Work, 59))
        {
            parts.Add(await store.AddAsync(part));
        }

        var root = await store.AddTextAsync("all-parts", string.Join('\n', parts), parts);
        return new PushSubject("sixty-layers", root, [.. parts, root]);
    }

    /// <summary>The same but for the one small path on top.</summary>
    public async Task<PushSubject> ChangeAsync(int number)
    {
        await using var store = LocalStore.Open(Workshop.Store);
        var parts = Layers.SkipLast(1).ToList();
        var root = await store.AddTextAsync($"all-parts-{number}", string.Join('\n', parts), parts);
        return new PushSubject(Name, root, [.. parts, root]);
    }

    public string Push(Workshop shop, string registry, string repository) =>
        $"'{shop.Tool}' image push {Root} {registry}/{repository}:1 --layering one-per-path --store '{Workshop.Store}' --quiet";

    public string Build(Workshop shop, string layout, string tag = "x") =>
        $"'{shop.Tool}' image build {Root} -o 'oci:{layout}:{tag}' --layering one-per-path --store '{Workshop.Store}' --quiet";

    public async Task PushInProcessAsync(string registry, string repository, LayerCache? cache)
    {
        await using var store = LocalStore.Open(Workshop.Store);
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync(Root), new() { Layering = Layering.OnePerPath, Cache = cache });
        await image.PushAsync($"{registry}/{repository}:1");
    }

    /// <summary>What it takes to have an archive that skopeo can push: the layers, their digests, a configuration.</summary>
    public string MakeArchive()
    {
        var folder = Workshop.FileOf("archive");
        return $$$"""
            rm -rf '{{{folder}}}'; mkdir -p '{{{folder}}}'
            diffs=; names=; n=0
            for path in {{{string.Join(' ', Layers.Select(static path => path.BaseName))}}}; do
              tar --sort=name --mtime=@1 --owner=0 --group=0 --numeric-owner -C '{{{Workshop.Store}}}' -cf '{{{folder}}}/layer-'$n.tar "nix/store/$path"
              diffs="$diffs${diffs:+,}\"sha256:$(sha256sum '{{{folder}}}/layer-'$n.tar | cut -d' ' -f1)\""
              names="$names${names:+,}\"layer-$n.tar\""
              n=$((n+1))
            done
            printf '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[%s]}}' "$diffs" > '{{{folder}}}/config.json'
            printf '[{"Config":"config.json","RepoTags":["tree:1"],"Layers":[%s]}]' "$names" > '{{{folder}}}/manifest.json'
            (cd '{{{folder}}}' && tar -cf '{{{Archive}}}' manifest.json config.json layer-*.tar)
            """;
    }

    /// <summary>What it takes to have an OCI layout by umoci.</summary>
    public string MakeLayoutWithUmoci(string layout) => $"""
        rm -rf '{layout}'; umoci init --layout '{layout}'; umoci new --image '{layout}:x'
        for path in {string.Join(' ', Layers.Select(static path => path.BaseName))}; do
          umoci insert --rootless --image '{layout}:x' "{Workshop.Store}/nix/store/$path" "/nix/store/$path"
        done
        """;

    public string CopyArchive(string registry, string repository) =>
        $"skopeo copy --dest-tls-verify=false docker-archive:'{Archive}' docker://{registry}/{repository}:1";

    public static string CopyLayout(string layout, string registry, string repository, string tag = "x") =>
        $"skopeo copy --dest-tls-verify=false oci:'{layout}':{tag} docker://{registry}/{repository}:1";
}
