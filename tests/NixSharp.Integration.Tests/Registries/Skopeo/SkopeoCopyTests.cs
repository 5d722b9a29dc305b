using NixSharp.Images;
using NixSharp.Integration.Tests.Images;
using NixSharp.Processes;
using NixSharp.Registries;
using NixSharp.Registries.Skopeo;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Registries.Skopeo;

public sealed class SkopeoCopyTests
{
    [RequiresTheory("docker-registry", "skopeo")]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task An_image_goes_from_a_registry_to_a_layout_and_back(NixRelease release)
    {
        await using var registry = await RegistryServer.StartAsync(TestUser.Htpasswd);
        using var folder = new TemporaryFolder();
        var pushed = await new TestImage(new TestLayer(1), new TestLayer(2)).PushAsync($"{registry.Host}/hello:1", new PushOptions { Credentials = TestUser.Credentials });
        var log = new Lines();
        var skopeo = new SkopeoClient(new SkopeoOptions { Program = release.PathOf("skopeo"), Credentials = TestUser.Credentials, Log = log });
        Assert.Equal(pushed.Digest, await skopeo.CopyAsync($"docker://{registry.Host}/hello:1", $"oci:{folder["layout"]}:1"));
        Assert.Equal(pushed.Digest, await skopeo.CopyAsync($"oci:{folder["layout"]}:1", $"docker://{registry.Host}/copy:1"));
        Assert.NotEmpty(log.All);
        Assert.DoesNotContain(log.All, static line => line.Contains(TestUser.Password, StringComparison.Ordinal));
    }

    [RequiresTheory("skopeo")]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_gzipped_docker_archive_is_copied_and_inspected_by_every_skopeo(NixRelease release)
    {
        using var folder = new TemporaryFolder();
        await using var store = await StoreFixture.CreateAsync();
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync());
        var written = await image.WriteAsync($"docker-archive:{folder["image.tar"]}:hello:1");
        await CommandLine.RunAsync("gzip", folder["image.tar"]);
        var skopeo = new SkopeoClient(new SkopeoOptions { Program = release.PathOf("skopeo") });
        await skopeo.CopyAsync($"docker-archive:{folder["image.tar.gz"]}:hello:1", $"oci:{folder["layout"]}:1");
        using var copy = await ContainerImage.OpenAsync($"oci:{folder["layout"]}:1");
        Assert.Equal(written.Layers.Select(static layer => layer.Descriptor.DiffId), copy.Layers.Select(static layer => layer.Descriptor!.Value.DiffId));
        Assert.Equal(["hello:1"], await skopeo.ListTagsAsync($"docker-archive:{folder["image.tar.gz"]}"));
        Assert.Equal(image.Layers.Count, (await skopeo.InspectAsync($"docker-archive:{folder["image.tar.gz"]}")).Layers.Count);
    }

    [RequiresTheory("skopeo")]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Options_that_both_know_are_taken(NixRelease release)
    {
        using var folder = new TemporaryFolder();
        await using var store = await StoreFixture.CreateAsync();
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync());
        await image.WriteAsync($"oci:{folder["layout"]}:1");
        var skopeo = new SkopeoClient(new SkopeoOptions
        {
            Program = release.PathOf("skopeo"),
            InsecurePolicy = true,
            TemporaryFolder = Directory.CreateDirectory(folder["tmp"]).FullName,
            Architecture = "amd64",
            OperatingSystem = "linux",
            Timeout = TimeSpan.FromMinutes(4),
        });
        var options = new SkopeoCopyOptions
        {
            Format = SkopeoManifestFormat.Docker,
            Images = SkopeoImageSelection.All,
            AdditionalTags = ["hello:2", "hello:3"],
            RemoveSignatures = true,
            PrecomputeDigests = true,
            RetryTimes = 1,
        };
        await skopeo.CopyAsync($"oci:{folder["layout"]}:1", $"docker-archive:{folder["image.tar"]}:hello:1", options);
        Assert.Equal(["docker.io/library/hello:1", "docker.io/library/hello:2", "docker.io/library/hello:3"], (await skopeo.ListTagsAsync($"docker-archive:{folder["image.tar"]}")).Order());
        await skopeo.CopyAsync($"oci:{folder["layout"]}:1", $"dir:{folder["dir"]}", new SkopeoCopyOptions { Decompress = true, Destination = new SkopeoEndpoint() });
        Assert.Contains(image.Layers[0].Descriptor!.Value.DiffId.Hex, Directory.EnumerateFiles(folder["dir"]).Select(Path.GetFileName));
        await skopeo.CopyAsync(
            $"dir:{folder["dir"]}",
            $"oci:{folder["zstd"]}:1",
            new SkopeoCopyOptions { Format = SkopeoManifestFormat.Oci, CompressionFormat = "zstd", CompressionLevel = 3, Compress = true });
        Assert.All((await skopeo.InspectAsync($"oci:{folder["zstd"]}:1")).Layers, static layer => Assert.True(layer.MediaType is null || layer.MediaType.EndsWith("zstd", StringComparison.Ordinal)));
    }

    [RequiresFact("skopeo")]
    public async Task An_option_that_only_a_newer_skopeo_has_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        var skopeo = new SkopeoClient(new SkopeoOptions { ExtraArguments = ["--no-skopeo-has-this"] });
        var exception = await Assert.ThrowsAsync<NixProcessException>(() => skopeo.CopyAsync($"dir:{folder["a"]}", $"dir:{folder["b"]}"));
        Assert.Equal(NixErrorCodes.SkopeoTooOld, exception.Code);
        Assert.Contains("--no-skopeo-has-this", exception.Message, StringComparison.Ordinal);
    }

    [RequiresTheory("skopeo")]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Newer_options_work_on_the_newer_skopeo_and_have_a_code_on_the_older(NixRelease release)
    {
        using var folder = new TemporaryFolder();
        await using var store = await StoreFixture.CreateAsync();
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync());
        await image.WriteAsync($"oci:{folder["layout"]}:1");
        var skopeo = new SkopeoClient(new SkopeoOptions { Program = release.PathOf("skopeo") });
        var version = await skopeo.GetVersionAsync();
        var options = new SkopeoCopyOptions { ParallelCopies = 2, RetryInterval = TimeSpan.FromSeconds(0.5), RetryTimes = 1 };
        var copying = skopeo.CopyAsync($"oci:{folder["layout"]}:1", $"dir:{folder["dir"]}", options);
        if (release == NixRelease.Debian13)
        {
            Assert.True(version >= new Version(1, 18));
            Assert.Equal(image.GetManifest().Descriptor.Digest, await copying);
            return;
        }

        var exception = await Assert.ThrowsAsync<NixProcessException>(() => copying);
        Assert.Equal((new Version(1, 9, 3), NixErrorCodes.SkopeoTooOld), (version, exception.Code));
        Assert.Contains("--image-parallel-copies", string.Join('\n', exception.ErrorTail) + exception.Message, StringComparison.Ordinal);
    }

    [RequiresTheory("docker-registry", "skopeo")]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_repository_is_synchronised_to_a_folder_and_to_another_registry(NixRelease release)
    {
        await using var registry = await RegistryServer.StartAsync(TestUser.Htpasswd);
        await using var mirror = await RegistryServer.StartAsync();
        using var folder = new TemporaryFolder();
        foreach (var tag in (string[])["1", "2"])
        {
            await new TestImage(new TestLayer(1)).PushAsync($"{registry.Host}/hello:{tag}", new PushOptions { Credentials = TestUser.Credentials });
        }

        var skopeo = new SkopeoClient(new SkopeoOptions { Program = release.PathOf("skopeo"), Credentials = TestUser.Credentials });
        Assert.Equal(2, await skopeo.SyncAsync(SkopeoSyncTransport.Docker, $"{registry.Host}/hello", SkopeoSyncTransport.Dir, folder["mirror"]));
        var options = new SkopeoSyncOptions { Destination = new SkopeoEndpoint { Credentials = CredentialStore.Anonymous } };
        Assert.Equal(1, await skopeo.SyncAsync(SkopeoSyncTransport.Docker, $"{registry.Host}/hello:1", SkopeoSyncTransport.Docker, mirror.Host, options));
        Assert.Equal(["1"], await skopeo.ListTagsAsync($"docker://{mirror.Host}/hello", new SkopeoEndpoint { Credentials = CredentialStore.Anonymous }));
    }

    private sealed class Lines : IProgress<string>
    {
        public List<string> All { get; } = [];

        public void Report(string value) => All.Add(value);
    }
}
