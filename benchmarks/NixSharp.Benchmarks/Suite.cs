using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;

namespace NixSharp.Benchmarks;

/// <summary>All comparisons. What they work on is made once, in <paramref name="work"/>, and kept for the next run.</summary>
/// <param name="root">The repository.</param>
/// <param name="work">A folder for inputs and results.</param>
/// <param name="registry">A registry on loopback, where there is one.</param>
internal sealed class Suite(string root, string work, RegistryServer? registry)
{
    private readonly string _tool = Path.Combine(root, "artifacts", "nixsharp", "nixsharp");

    private string Store => Path.Combine(work, "store");

    public async Task<IReadOnlyList<Comparison>> PrepareAsync()
    {
        await ScriptTimer.RunAsync($"cd '{root}'; ./build.sh tool");
        var large = Trees.Large(work);
        var many = Trees.Many(work);
        await using var store = LocalStore.Open(Store);
        var tree = await store.AddAsync(large);
        var packages = new List<StorePath>();
        foreach (var package in Directory.EnumerateDirectories(many).Order())
        {
            packages.Add(await store.AddAsync(package));
        }

        var all = await store.AddTextAsync("all-packages", string.Join('\n', packages), packages);
        return
        [
            HashNar(large),
            AddToStore(large, "on disk", work),
            AddToStore(large, "in memory", "/dev/shm"),
            AddAgain(large),
            CreateVolume(all, packages.Select(path => store.GetRealPath(path))),
            FirstPush(tree, store.GetRealPath(tree)),
            UnchangedPush(tree, store.GetRealPath(tree)),
            await NoOpBuildAsync(),
        ];
    }

    private static string Clean(string folder) => $"if [ -e '{folder}' ]; then chmod -R u+w '{folder}'; rm -rf '{folder}'; fi";

    private Comparison HashNar(string tree) => new(
        "hash the NAR of 1 GB in 20,000 files",
        ["nix"],
        new Contender("nixsharp nar hash", $"'{_tool}' nar hash '{tree}' --quiet"),
        [new Contender("nix hash path", $"nix hash path '{tree}'")]);

    private Comparison AddToStore(string tree, string where, string folder)
    {
        var ours = Path.Combine(folder, "nixsharp-bench-ours");
        var theirs = Path.Combine(folder, "nixsharp-bench-theirs");

        // Everybody starts with the same space free and nothing left to write.
        var prepare = $"{Clean(ours)}; {Clean(theirs)}; sync";
        return new Comparison(
            $"add that tree to a store {where}",
            ["nix-store"],
            new Contender("nixsharp store add", $"'{_tool}' store add '{tree}' --store '{ours}' --quiet", prepare),
            [
                new Contender("nix-store --add, then sync", $"nix-store --store '{theirs}' --add '{tree}'; sync --file-system '{theirs}'", prepare),
                new Contender("nix-store --add, which syncs nothing", $"nix-store --store '{theirs}' --add '{tree}'", prepare),
            ]);
    }

    private Comparison AddAgain(string tree) => new(
        "add that tree again, which is there already",
        ["nix-store"],
        new Contender("nixsharp store add", $"'{_tool}' store add '{tree}' --store '{Store}' --quiet"),
        [new Contender("nix-store --add", $"nix-store --store '{Store}' --add '{tree}'")]);

    private Comparison CreateVolume(StorePath all, IEnumerable<string> packages)
    {
        var volumes = Path.Combine(work, "volumes");
        var prepare = $"mkdir -p '{volumes}'; {Clean(volumes + "/v")}";
        var list = Path.Combine(work, "packages.txt");
        File.WriteAllLines(list, packages);
        var names = Path.Combine(work, "package-names.txt");
        File.WriteAllLines(names, File.ReadLines(list).Select(Path.GetFileName)!);
        var realStore = $"{Store}/nix/store";
        return new Comparison(
            "volume of 50,000 files in 500 store paths",
            ["rsync"],
            new Contender("nixsharp volume create", $"'{_tool}' volume create {all} '{volumes}/v' --store '{Store}' --quiet", prepare),
            [
                new Contender("cp -al (files only)", $"mkdir '{volumes}/v'; xargs -a '{list}' cp -al -t '{volumes}/v'", prepare),
                new Contender("rsync --link-dest (files only)", $"rsync -a --link-dest='{realStore}' --files-from='{names}' -r '{realStore}/' '{volumes}/v/'", prepare),
            ]);
    }

    private Comparison FirstPush(StorePath path, string realPath) => new(
        "first push of that tree",
        ["skopeo", "docker-registry", "tar"],
        new Contender(
            "nixsharp image push",
            $"'{_tool}' image push {path} {registry?.Host}/ours-$(date +%s%N):1 --store '{Store}' --quiet",
            ForgetPushes),
        [
            new Contender(
                "tar, then skopeo copy",
                $"{MakeArchive(realPath)}; skopeo copy --dest-tls-verify=false docker-archive:'{work}/image.tar' docker://{registry?.Host}/theirs-$(date +%s%N):1",
                ForgetPushes),
        ]);

    private Comparison UnchangedPush(StorePath path, string realPath) => new(
        "push of that tree again, unchanged",
        ["skopeo", "docker-registry", "tar"],
        new Contender(
            "nixsharp image push",
            $"'{_tool}' image push {path} {registry?.Host}/again-ours:1 --store '{Store}' --quiet"),
        [
            new Contender(
                "skopeo copy of the same archive",
                $"[ -e '{work}/image.tar' ] || {{ {MakeArchive(realPath)}; }}; skopeo copy --dest-tls-verify=false docker-archive:'{work}/image.tar' docker://{registry?.Host}/again-theirs:1"),
        ]);

    /// <summary>Two equal projects, one with the package from a folder feed; both are built, so that nothing is left to do.</summary>
    private async Task<Comparison> NoOpBuildAsync()
    {
        var version = $"0.1.0-bench.{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}";
        var folder = Path.Combine(work, "msbuild");
        await ScriptTimer.RunAsync($$"""
            {{Clean(folder)}}
            mkdir -p '{{folder}}/feed' '{{folder}}/without' '{{folder}}/with'
            cd '{{root}}' && dotnet pack src/NixSharp.MSBuild -c Release -o '{{folder}}/feed' -p:Version={{version}} -v q
            cd '{{folder}}'
            echo '<Project/>' | tee Directory.Build.props Directory.Build.targets Directory.Packages.props >/dev/null
            echo '<configuration><packageSources><add key="local" value="feed" /></packageSources></configuration>' > NuGet.config
            for project in without with; do echo 'System.Console.WriteLine("hello");' > $project/Program.cs; done
            echo '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>' > without/app.csproj
            sed 's|</Project>|<ItemGroup><PackageReference Include="NixSharp.MSBuild" Version="{{version}}" PrivateAssets="all" /></ItemGroup></Project>|' without/app.csproj > with/app.csproj
            (cd without && dotnet build -v q) && (cd with && dotnet build -v q && dotnet build -v q -t:NixImage -p:NixStore='{{folder}}/store')
            """);
        return new Comparison(
            "build of a console project that is up to date",
            ["dotnet"],
            new Contender("dotnet build, with NixSharp.MSBuild", $"cd '{folder}/with'; dotnet build -v q --no-restore"),
            [
                new Contender("dotnet build, without it", $"cd '{folder}/without'; dotnet build -v q --no-restore"),
                new Contender("dotnet build -t:NixImage, up to date too", $"cd '{folder}/with'; dotnet build -v q --no-restore -t:NixImage -p:NixStore='{folder}/store'"),
            ]);
    }

    /// <summary>Empties the caches in which NixSharp and skopeo remember layers; the second place is skopeo's as root.</summary>
    private static string ForgetPushes =>
        $"{Clean(Environment.GetEnvironmentVariable("XDG_CACHE_HOME")!)}; rm -f /var/lib/containers/cache/blob-info-cache-v1.boltdb ~/.local/share/containers/cache/blob-info-cache-v1.boltdb";

    /// <summary>What it takes to have an archive that skopeo can push: one layer, its digest, a configuration.</summary>
    private string MakeArchive(string realPath)
    {
        var folder = $"{work}/archive";
        return $$$"""
            rm -rf '{{{folder}}}'; mkdir -p '{{{folder}}}'
            tar --sort=name --mtime=@1 --owner=0 --group=0 --numeric-owner -C '{{{Store}}}' -cf '{{{folder}}}/layer.tar' 'nix/store/{{{Path.GetFileName(realPath)}}}'
            digest=$(sha256sum '{{{folder}}}/layer.tar' | cut -d' ' -f1)
            printf '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$digest" > '{{{folder}}}/config.json'
            printf '[{"Config":"config.json","RepoTags":["tree:1"],"Layers":["layer.tar"]}]' > '{{{folder}}}/manifest.json'
            tar -C '{{{folder}}}' -cf '{{{work}}}/image.tar' manifest.json config.json layer.tar
            """;
    }
}
