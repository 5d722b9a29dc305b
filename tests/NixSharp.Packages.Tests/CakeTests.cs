using NixSharp.Testing;
using Xunit;

namespace NixSharp.Packages.Tests;

[Collection(PackagesCollection.Name)]
public sealed class CakeTests(PackagesFixture packages)
{
    private const string Script =
        """
        var settings = new NixStoreAddSettings { Store = Argument<string>("store"), Name = "hello-1.0" };
        Task("Default").Does(() =>
        {
            var app = NixStoreAdd("./files", settings);
            var closure = NixClosure([app], settings);
            Console.WriteLine($"{app} {closure.NarSize}");
        });
        RunTarget("Default");
        """;

    [Fact]
    public async Task A_script_gets_the_addin_from_a_feed()
    {
        using var repository = await CreateRepositoryAsync();
        repository.Write("build.cake", $"#addin nuget:?package=NixSharp.Cake&version={packages.Version}&prerelease\n{Script}");

        var output = await repository.DotnetAsync("cake", "--store=./store");

        Assert.Matches("/nix/store/[0-9a-z]{32}-hello-1.0 [0-9]+\n", output);
    }

    [Fact]
    public async Task A_script_refers_to_the_assembly()
    {
        using var repository = await CreateRepositoryAsync();
        System.IO.Compression.ZipFile.ExtractToDirectory(Path.Combine(packages.Feed, $"NixSharp.Cake.{packages.Version}.nupkg"), repository["addin"]);
        repository.Write("build.cake", $"#r addin/lib/net10.0/NixSharp.Cake.dll\n#r addin/lib/net10.0/NixSharp.Core.dll\nusing NixSharp.Cake;\n{Script}");

        var output = await repository.DotnetAsync("cake", "--store=./store");

        Assert.Matches("/nix/store/[0-9a-z]{32}-hello-1.0 [0-9]+\n", output);
    }

    [RequiresFact("docker-registry", "skopeo")]
    public async Task The_sample_adds_builds_and_pushes()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var repository = await CreateRepositoryAsync();
        var sample = File.ReadAllText(Path.Combine(GoldenData.RepositoryRoot, "samples", "CakeBuild", "build.cake"));
        repository.Write("build.cake", sample.Replace("package=NixSharp.Cake&version=0.1.0", $"package=NixSharp.Cake&version={packages.Version}&prerelease", StringComparison.Ordinal));
        repository.Write("site/index.html", "hello\n");

        await repository.DotnetAsync("cake", "--store=./store", $"--image={registry.Host}/site:1.0");

        var native = await InspectAsync($"{registry.Host}/site:1.0");
        Assert.Equal(native, await InspectAsync($"{registry.Host}/site:1.0-skopeo"));
        Assert.False(Directory.Exists(repository["volume"]));
    }

    [RequiresFact("docker-registry", "htpasswd", "skopeo", "podman", Requirements.Root)]
    public async Task A_script_pushes_a_divided_publish_output_on_a_base_and_runs_every_command_of_skopeo()
    {
        var htpasswd = await CommandLine.RunAsync("htpasswd", "-nbB", "somebody", "something");
        await using var registry = await RegistryServer.StartAsync(htpasswd);
        await using var podman = await PodmanService.StartAsync();
        using var repository = await CreateRepositoryAsync();
        repository.Environment["PUSH_PASSWORD"] = "something";
        repository.Write("publish/App.dll", "the application");
        repository.Write("publish/Json.dll", "a package");
        repository.Write("publish/App.deps.json", """{ "runtimeTarget": { "name": "x" }, "targets": { "x": { "Json/1.0.0": { "runtime": { "lib/Json.dll": {} } } } }, "libraries": { "Json/1.0.0": { "type": "package" } } }""");
        repository.Write("build.cake",
            $$"""
            #addin nuget:?package=NixSharp.Cake&version={{packages.Version}}&prerelease
            var registry = "{{registry.Host}}";
            var credentials = new RegistryCredentials("somebody", EnvironmentVariable("PUSH_PASSWORD"));
            var push = new NixPushSettings { Credentials = credentials, Insecure = true, Connections = 2, PreviousLayers = PreviousLayerPolicy.Verify };
            var skopeo = new SkopeoOptions { Credentials = CredentialStore.From(credentials) };
            var login = new SkopeoLoginOptions { AuthFile = "./auth.json" };
            var store = new NixStoreAddSettings { Store = "./store", Name = "files" };
            var files = NixStoreAdd("./files", store);
            var app = NixStoreAdd("./publish", new NixStoreAddSettings { Store = "./store", Name = "app", Split = true });
            NixImageBuild([files], "oci:./base:1", new NixImageSettings { Store = "./store" });
            var image = new NixImageSettings { Store = "./store", Base = "oci:./base:1", Options = new ImageOptions { Entrypoint = [$"{app}/App"] } };
            var digest = NixPush([app], $"{registry}/app:1", image, push);
            NixPush([app], "app:1", image, new NixPushSettings { Engine = ImageEngine.Podman, Address = "{{podman.Address}}" });
            NixPush([files], $"{registry}/both:1", new NixImageSettings { Store = "./store", Platforms = ["linux/amd64", "linux/arm64"] }, push);
            var platforms = System.Text.Encoding.UTF8.GetString(new SkopeoClient(skopeo).InspectManifestAsync($"docker://{registry}/both:1").Result.Span).Split("architecture").Length - 1;
            SkopeoLogin(registry, credentials, skopeo, login);
            var inspected = SkopeoInspect($"docker://{registry}/app:1", skopeo);
            SkopeoCopy($"docker://{registry}/app:1", $"docker://{registry}/copy:1", skopeo, new SkopeoCopyOptions());
            var copied = SkopeoListTags($"docker://{registry}/copy", skopeo).Count;
            var synced = SkopeoSync(SkopeoSyncTransport.Docker, $"{registry}/copy", SkopeoSyncTransport.Dir, "./mirror", skopeo, new SkopeoSyncOptions());
            SkopeoDelete($"docker://{registry}/copy:1", skopeo);
            Console.WriteLine($"{SkopeoVersion() >= new Version(1, 9)} {inspected.Digest == digest} {inspected.Layers.Count} {platforms} {copied} {synced} {SkopeoLogout(registry, skopeo, login)}");
            """);

        var output = await repository.DotnetAsync("cake");

        Assert.Contains("True True 3 2 1 1 True\n", output, StringComparison.Ordinal);
        Assert.Contains("docker.io/library/app:1", await podman.RunAsync("images", "--format", "{{.Repository}}:{{.Tag}}"), StringComparison.Ordinal);
    }

    [RequiresFact("nix", "busybox")]
    public async Task A_script_builds_and_evaluates_a_flake()
    {
        using var repository = await CreateRepositoryAsync();
        repository.Environment["NIX_CONFIG"] = RealNix.Configuration;
        repository.Write("flake/flake.nix",
            """
            {
              outputs = { self }: {
                version = "1.0";
                packages.x86_64-linux.hello = derivation {
                  name = "hello"; system = "x86_64-linux"; builder = "${self}/busybox"; args = [ "sh" "-c" "echo hello >$out" ];
                };
              };
            }
            """);
        File.Copy(Requirements.Find("busybox")!, repository["flake/busybox"]);
        repository.Write("build.cake",
            $$"""
            #addin nuget:?package=NixSharp.Cake&version={{packages.Version}}&prerelease
            var settings = new NixFlakeSettings { Store = "./store" };
            var hello = NixBuild(["path:./flake#hello"], settings);
            Console.WriteLine($"built {hello[0].Name}, {NixEval("path:./flake#version", settings)}");
            NixFlakeCheck("path:./flake", settings);
            """);

        var output = await repository.DotnetAsync("cake");

        Assert.Contains("built hello, \"1.0\"\n", output, StringComparison.Ordinal);
    }

    [RequiresFact("nix")]
    public async Task A_script_signs_what_it_added()
    {
        using var repository = await CreateRepositoryAsync();
        repository.Environment["SIGNING_KEY"] = await CommandLine.RunAsync("nix", "--extra-experimental-features", "nix-command", "key", "generate-secret", "--key-name", "cake-1");
        repository.Write("build.cake",
            $$"""
            #addin nuget:?package=NixSharp.Cake&version={{packages.Version}}&prerelease
            var app = NixStoreAdd("./files", new NixStoreAddSettings { Store = "./store" });
            var signed = NixSign([app], new NixSignSettings { Store = "./store", KeyVariable = "SIGNING_KEY" });
            Console.WriteLine($"{app} {signed[app]}");
            """);

        var fields = (await repository.DotnetAsync("cake")).Split('\n').Single(static line => line.StartsWith("/nix/store/", StringComparison.Ordinal)).Split(' ');

        var json = await RealNix.RunAsync(repository.Store, "nix", "path-info", "--json", fields[0]);
        Assert.Contains(fields[1], json, StringComparison.Ordinal);
    }

    [RequiresFact("docker-registry", "openssl")]
    public async Task A_script_attaches_what_an_image_is_made_of_signs_and_verifies_it()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var repository = await CreateRepositoryAsync();
        await CommandLine.RunAsync("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", repository["cosign.key"]);
        await CommandLine.RunAsync("openssl", "pkey", "-in", repository["cosign.key"], "-pubout", "-out", repository["cosign.pub"]);
        repository.Write("build.cake",
            $$"""
            #addin nuget:?package=NixSharp.Cake&version={{packages.Version}}&prerelease
            var reference = "{{registry.Host}}/acme/files:1.0";
            var files = NixStoreAdd("./files", new NixStoreAddSettings { Store = "./store" });
            NixPush([files], reference, new NixImageSettings { Store = "./store" });
            NixBillOfMaterials([files], BillFormat.Spdx, "./bill.json", new NixSettings { Store = "./store" });
            var attached = NixImageAttach([files], reference, new NixAttachSettings { Store = "./store", Key = "cosign.key" });
            var signed = NixImageSign(reference, "cosign.key", null, new NixPushSettings());
            Console.WriteLine($"attached {attached.Count}, same {signed == NixImageVerify(reference, "cosign.pub", new NixPushSettings())}");
            """);

        var output = await repository.DotnetAsync("cake");

        Assert.Contains("attached 3, same True\n", output, StringComparison.Ordinal);
        Assert.Contains("SPDX-2.3", await File.ReadAllTextAsync(repository["bill.json"]), StringComparison.Ordinal);
    }

    [RequiresFact("bwrap", "busybox")]
    public async Task A_script_makes_a_derivation_and_builds_it_without_Nix()
    {
        using var repository = await CreateRepositoryAsync();
        File.Copy(Requirements.Find("busybox")!, repository["files/busybox"]);
        repository.Write("build.cake",
            $$"""
            #addin nuget:?package=NixSharp.Cake&version={{packages.Version}}&prerelease
            using NixSharp.Derivations;
            var files = NixStoreAdd("./files", new NixStoreAddSettings { Store = "./store" });
            var derivation = new DerivationBuilder { Name = "hello", System = "x86_64-linux", Builder = $"{files}/busybox", Arguments = ["sh", "-c", "echo hello >$out"], Sources = [files] }.Build();
            var store = LocalStore.Open("store");
            derivation.AddToAsync(store).GetAwaiter().GetResult();
            store.DisposeAsync().AsTask().GetAwaiter().GetResult();
            Console.WriteLine($"built {NixBuildDerivation(derivation.Path, new NixBuildDerivationSettings { Store = "./store" })["out"].Name}");
            """);

        var output = await repository.DotnetAsync("cake");

        Assert.Contains("built hello\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_copies_a_path_and_tells_what_needs_it()
    {
        using var repository = await CreateRepositoryAsync();
        repository.Write("build.cake",
            $$"""
            #addin nuget:?package=NixSharp.Cake&version={{packages.Version}}&prerelease
            var settings = new NixStoreAddSettings { Store = "./store" };
            var app = NixStoreAdd("./files", settings);
            var copied = NixCopy([app], "./other", new NixCopySettings { Store = "./store" });
            Console.WriteLine($"copied {copied.Copied.Count}, {NixWhyDepends(app, app, new NixSettings { Store = "./other" }).Depends}");
            """);

        var output = await repository.DotnetAsync("cake");

        Assert.Contains("copied 1, True\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_verifies_a_store_links_its_files_and_collects_its_garbage()
    {
        using var repository = await CreateRepositoryAsync();
        repository.Write("build.cake",
            $$"""
            #addin nuget:?package=NixSharp.Cake&version={{packages.Version}}&prerelease
            NixStoreAdd("./files", new NixStoreAddSettings { Store = "./store" });
            var verified = NixStoreVerify(new NixStoreVerifySettings { Store = "./store" });
            var linked = NixStoreOptimise(new NixSettings { Store = "./store" });
            var foretold = NixCollectGarbage(new NixCollectGarbageSettings { Store = "./store", DryRun = true });
            var collected = NixCollectGarbage(new NixCollectGarbageSettings { Store = "./store" });
            Console.WriteLine($"verified {verified.PathsChecked}, linked {linked.FilesLinked}, garbage {foretold.Paths.Count} {collected.Paths.Count}");
            """);

        var output = await repository.DotnetAsync("cake");

        Assert.Contains("verified 1, linked 0, garbage 1 1\n", output, StringComparison.Ordinal);
    }

    [RequiresFact(Requirements.Root, "sgdisk", "mkfs.ext4", "zstd", "qemu-img", "mount")]
    public async Task A_script_decompresses_looks_into_writes_converts_resizes_and_mounts_a_disk()
    {
        using var repository = await CreateRepositoryAsync();
        await CommandLine.RunAsync("sh", "-euc",
            $"""
            cd '{repository["files"]}'
            truncate -s 8M disk.img
            sgdisk -n 1:2048:+4M -t 1:8300 -c 1:root disk.img
            mkfs.ext4 -q -L nixos root.img 4M
            dd if=root.img of=disk.img bs=1M seek=1 conv=notrunc,sparse status=none
            zstd -q disk.img
            """);
        repository.Write("build.cake",
            $$"""
            #addin nuget:?package=NixSharp.Cake&version={{packages.Version}}&prerelease
            var image = NixDiskDecompress("./files/disk.img.zst", "./nixos.img");
            var partition = NixDiskInspect("./nixos.img").Table.Partitions.Single();
            var written = NixDiskWrite("./files/disk.img.zst", "./target.img", new DiskWriteOptions());
            NixDiskConvert("./nixos.img", "./nixos.qcow2", DiskContainerKind.Qcow2);
            CopyFile("./nixos.img", "./resized.img");
            NixDiskResize("./resized.img", 16L << 20, new DiskResizeOptions { GrowLastPartition = true });
            NixDiskMount("./nixos.img", "./mnt", "root");
            var isMounted = DirectoryExists("./mnt/lost+found");
            NixDiskUnmount("./mnt");
            Console.WriteLine($"mounted {isMounted}, resized {NixDiskInspect("./resized.img").Table.Partitions.Single().Length > partition.Length}");
            Console.WriteLine($"disk {image.Size} {partition.Label} {partition.FileSystem.Label} {written.IsVerified} {NixDiskInspect("./nixos.qcow2").Container.Kind}");
            """);

        var output = await repository.DotnetAsync("cake");

        Assert.Contains("disk 8388608 root nixos True Qcow2\n", output, StringComparison.Ordinal);
        Assert.Contains("mounted True, resized True\n", output, StringComparison.Ordinal);
        var original = await File.ReadAllBytesAsync(repository["files/disk.img"]);
        Assert.Equal(original, await File.ReadAllBytesAsync(repository["nixos.img"]));
        Assert.Equal(original, await File.ReadAllBytesAsync(repository["target.img"]));
        await CommandLine.RunAsync("qemu-img", "compare", repository["files/disk.img"], repository["nixos.qcow2"]);
    }

    [Fact]
    public async Task An_error_has_its_code()
    {
        using var repository = await CreateRepositoryAsync();
        repository.Write("build.cake", $"#addin nuget:?package=NixSharp.Cake&version={packages.Version}&prerelease\n{Script}");

        var result = await repository.TryDotnetAsync("cake", "--store=ftp://example.org");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("NIXS2001: ", result.Error, StringComparison.Ordinal);
    }

    private static Task<string> InspectAsync(string reference) =>
        CommandLine.RunAsync("skopeo", "inspect", "--tls-verify=false", "--format", "{{.Digest}}", $"docker://{reference}");

    private async Task<EmptyRepository> CreateRepositoryAsync()
    {
        var repository = packages.CreateRepository();
        repository.Write("files/hello.txt", "hello\n");
        repository.Write(".config/dotnet-tools.json", """{ "version": 1, "isRoot": true, "tools": { "cake.tool": { "version": "7.0.0", "commands": ["dotnet-cake"] } } }""");
        await repository.DotnetAsync("tool", "restore");
        return repository;
    }
}
