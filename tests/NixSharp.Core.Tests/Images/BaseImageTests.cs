using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Images.Oci;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Images;

public sealed class BaseImageTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ImageStore _store = new();

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("oci:{0}:x")]
    [InlineData("oci-archive:{0}:x")]
    [InlineData("docker-archive:{0}:x")]
    public async Task An_image_has_the_layers_and_the_history_of_its_base_first(string form)
    {
        var location = string.Format(null, form, _folder["base"]);
        var below = await WriteBaseAsync(location, new());
        using var opened = await ContainerImage.OpenAsync(location);
        using var image = ContainerImage.FromClosure(await _store.GetClosureAsync(await _store.AddAsync("app")), new() { Base = opened });
        var written = await image.WriteAsync($"oci:{_folder["out"]}:x");

        var diffIds = written.Layers.Select(layer => layer.Descriptor.DiffId).ToList();
        Assert.Equal(below.Layers.Count + 1, diffIds.Count);
        Assert.Equal(below.Layers.Select(layer => layer.Descriptor.DiffId), diffIds.SkipLast(1));
        var config = ConfigOf(image);
        Assert.Equal(diffIds.Select(digest => digest.ToString()), config["rootfs"]!["diff_ids"]!.Select(digest => (string?)digest));
        Assert.Equal(diffIds.Count, config["history"]!.Count());
        Assert.StartsWith("store paths: ", (string?)config["history"]![0]!["comment"], StringComparison.Ordinal);

        // A docker archive has no manifest that could be named.
        var annotations = JObject.Parse(Encoding.UTF8.GetString(image.GetManifest().Manifest.Span))["annotations"];
        Assert.Equal(below.ManifestDigest?.ToString(), (string?)annotations?[OciAnnotations.BaseDigest]);
    }

    [Fact]
    public async Task What_the_base_says_of_containers_is_taken_over_as_docker_build_does()
    {
        var config = await InheritAsync(
            new()
            {
                Entrypoint = ["/base"],
                Command = ["serve"],
                Environment = [new("PATH", "/usr/bin"), new("LANG", "C")],
                Labels = new Dictionary<string, string> { ["a"] = "base", ["b"] = "base" },
                ExposedPorts = ["80"],
                Volumes = ["/data"],
                User = "app",
                WorkingDirectory = "/srv",
                StopSignal = "SIGINT",
                Author = "them",
                HealthCheck = HealthCheck.Run("/check") with { Interval = TimeSpan.FromSeconds(30), Retries = 3 },
            },
            new()
            {
                Environment = [new("HOME", "/"), new("PATH", "/bin")],
                Labels = new Dictionary<string, string> { ["b"] = "ours" },
                ExposedPorts = ["443", "80/tcp"],
                Volumes = ["/cache"],
                WorkingDirectory = "/app",
            });

        Assert.Equal(
            """{"User":"app","ExposedPorts":{"443/tcp":{},"80/tcp":{}},"Env":["PATH=/bin","LANG=C","HOME=/"],"Entrypoint":["/base"],"Cmd":["serve"],"Volumes":{"/cache":{},"/data":{}},"WorkingDir":"/app","Labels":{"a":"base","b":"ours"},"StopSignal":"SIGINT","Healthcheck":{"Test":["CMD","/check"],"Interval":30000000000,"Retries":3}}""",
            config["config"]!.ToString(Newtonsoft.Json.Formatting.None));
        Assert.Equal("them", (string?)config["author"]);
    }

    [Fact]
    public async Task An_entry_point_takes_the_place_of_the_command_below_and_a_command_leaves_the_entry_point()
    {
        var below = new ImageOptions { Entrypoint = ["/base"], Command = ["serve"] };
        var entry = await InheritAsync(below, new() { Entrypoint = ["/ours"] });
        Assert.Equal("""{"Entrypoint":["/ours"]}""", entry["config"]!.ToString(Newtonsoft.Json.Formatting.None));
        var command = await InheritAsync(below, new() { Command = ["stop"] });
        Assert.Equal("""{"Entrypoint":["/base"],"Cmd":["stop"]}""", command["config"]!.ToString(Newtonsoft.Json.Formatting.None));
        var check = await InheritAsync(below with { HealthCheck = HealthCheck.RunInShell("true") }, new() { HealthCheck = HealthCheck.None });
        Assert.Equal("""{"Test":["NONE"]}""", check["config"]!["Healthcheck"]!.ToString(Newtonsoft.Json.Formatting.None));
    }

    [Fact]
    public async Task Layers_of_the_base_count()
    {
        await WriteBaseAsync($"oci:{_folder["base"]}:x", new());
        using var opened = await ContainerImage.OpenAsync($"oci:{_folder["base"]}:x");
        var closure = await _store.GetClosureAsync(await _store.AddAsync("app", await _store.AddAsync("library")));
        var error = Assert.Throws<ImageException>(() => ContainerImage.FromClosure(closure, new() { Base = opened, MaxLayers = 1 }));
        Assert.Equal(NixErrorCodes.InvalidImageOptions, error.Code);
        using var image = ContainerImage.FromClosure(closure, new() { Base = opened, MaxLayers = 2 });
        Assert.Equal(2, image.Layers.Count);
    }

    [Fact]
    public async Task A_base_for_another_platform_is_refused()
    {
        await WriteBaseAsync($"oci:{_folder["base"]}:x", new() { Architecture = "s390x" });
        using var opened = await ContainerImage.OpenAsync($"oci:{_folder["base"]}:x");
        var closure = await _store.GetClosureAsync(await _store.AddAsync("app"));
        var error = Assert.Throws<ImageException>(() => ContainerImage.FromClosure(closure, new() { Base = opened, Architecture = "amd64" }));
        Assert.Equal(NixErrorCodes.WrongPlatform, error.Code);
        Assert.Contains("linux/s390x", error.Message, StringComparison.Ordinal);
        using var image = ContainerImage.FromClosure(closure, new() { Base = opened, Architecture = "s390x" });
    }

    [Fact]
    public async Task An_image_is_opened_by_the_digest_that_it_has_and_no_other()
    {
        var below = await WriteBaseAsync($"oci:{_folder["base"]}:x", new());
        using var opened = await ContainerImage.OpenAsync($"oci:{_folder["base"]}:x", new() { Digest = below.ManifestDigest });
        Assert.Equal(below.ManifestDigest, opened.Digest);
        await WriteBaseAsync($"docker-archive:{_folder["base.tar"]}", new());
        using var archived = await ContainerImage.OpenAsync($"docker-archive:{_folder["base.tar"]}", new() { Digest = below.ConfigDigest });
        foreach (var location in new[] { $"oci:{_folder["base"]}:x", $"docker-archive:{_folder["base.tar"]}" })
        {
            var error = await Assert.ThrowsAsync<ImageException>(() => ContainerImage.OpenAsync(location, new() { Digest = OciDigest.Compute([1]) }));
            Assert.Equal(NixErrorCodes.BlobDigestMismatch, error.Code);
        }
    }

    [Fact]
    public async Task Files_on_a_base_are_known_again_without_reading_it()
    {
        await WriteBaseAsync($"oci:{_folder["base"]}:x", new());
        var first = await IdentityAsync("a");
        foreach (var blob in Directory.GetFiles(_folder["base/blobs/sha256"]).Where(static file => new FileInfo(file).Length < 1000 && File.ReadAllBytes(file)[0] == 0x1F))
        {
            // No layer of the base can be read any more.
            File.WriteAllBytes(blob, []);
        }

        Assert.Equal(first, await IdentityAsync("a"));
        Assert.NotEqual(first, await IdentityAsync("b"));

        async Task<string> IdentityAsync(string text)
        {
            using var opened = await ContainerImage.OpenAsync($"oci:{_folder["base"]}:x");
            using var image = ContainerImage.FromClosure(await _store.GetClosureAsync(), new() { Base = opened, Files = [ImageFile.FromText("/a", text)] });
            return await ((TarLayer)image.Layers[^1]).GetIdentityAsync(default);
        }
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"os":"linux","rootfs":{"diff_ids":[]}}""")]
    [InlineData("""{"os":"linux","architecture":"amd64","config":{"Env":"PATH"},"rootfs":{"diff_ids":[]}}""")]
    [InlineData("""{"os":"linux","architecture":"amd64","config":{"Cmd":[1]},"rootfs":{"diff_ids":[]}}""")]
    public async Task A_configuration_that_makes_no_sense_is_refused(string config)
    {
        await using (var tar = new System.Formats.Tar.TarWriter(File.Create(_folder["base.tar"])))
        {
            foreach (var (name, text) in new[] { ("config.json", config), ("manifest.json", """[{"Config":"config.json","Layers":[]}]""") })
            {
                await tar.WriteEntryAsync(new System.Formats.Tar.GnuTarEntry(System.Formats.Tar.TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
            }
        }

        using var opened = await ContainerImage.OpenAsync($"docker-archive:{_folder["base.tar"]}");
        var closure = await _store.GetClosureAsync(await _store.AddAsync("app"));
        var error = Assert.Throws<ImageException>(() => ContainerImage.FromClosure(closure, new() { Base = opened, Architecture = "amd64" }));
        Assert.Equal(NixErrorCodes.InvalidImage, error.Code);
    }

    private async Task<JObject> InheritAsync(ImageOptions below, ImageOptions options)
    {
        await WriteBaseAsync($"oci:{_folder["base"]}:x", below);
        using var opened = await ContainerImage.OpenAsync($"oci:{_folder["base"]}:x");
        using var image = ContainerImage.FromClosure(await _store.GetClosureAsync(), options with { Base = opened });
        return ConfigOf(image);
    }

    private async Task<WriteResult> WriteBaseAsync(string location, ImageOptions options)
    {
        using var image = ContainerImage.FromClosure(await _store.GetClosureAsync(await _store.AddAsync("base")), options);
        return await image.WriteAsync(location);
    }

    private static JObject ConfigOf(ContainerImage image) => JObject.Parse(Encoding.UTF8.GetString(image.GetManifest().Config.Span));
}
