using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Images.Oci;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Images;

public sealed class ContainerImageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_same_closure_has_the_same_digests_in_another_store()
    {
        Assert.Equal(await MakeAsync(), await MakeAsync());

        static async Task<OciDigest> MakeAsync()
        {
            await using var store = new ImageStore();
            var closure = await store.GetClosureAsync(await store.AddAsync("a", await store.AddAsync("b")));
            using var image = ContainerImage.FromClosure(closure, new() { Architecture = "amd64", Compression = LayerCompression.None });
            foreach (var layer in image.Layers)
            {
                await layer.WriteToAsync(Stream.Null);
            }

            return image.GetManifest().Descriptor.Digest;
        }
    }

    [Fact]
    public async Task Digests_are_those_of_every_earlier_version()
    {
        await using var store = new ImageStore();
        var closure = await store.GetClosureAsync(await store.AddTextAsync("hello", "hello\n"));
        using var image = ContainerImage.FromClosure(closure, new()
        {
            Architecture = "amd64",
            Compression = LayerCompression.None,
            Entrypoint = ["/bin/hello"],
            Environment = [new("B", "2"), new("A", "1")],
            Labels = new Dictionary<string, string> { ["z"] = "1", ["a"] = "2:3" },
            ExposedPorts = ["9000/udp", "80"],
            Files = [ImageFile.FromText("/etc/motd", "hi\n")],
        });
        await Task.WhenAll(image.Layers.Select(layer => layer.WriteToAsync(Stream.Null)));

        Assert.Equal(Golden.Config, Encoding.UTF8.GetString(image.GetManifest().Config.Span));
        Assert.Equal(Golden.Manifest, Encoding.UTF8.GetString(image.GetManifest().Manifest.Span));
    }

    [Fact]
    public async Task Another_path_makes_another_layer_only()
    {
        await using var store = new ImageStore();
        var shared = await store.AddAsync("shared");
        var before = await MakeAsync(await store.AddTextAsync("app", "one", shared));
        var after = await MakeAsync(await store.AddTextAsync("app", "two", shared));

        Assert.Equal(before[0], after[0]);
        Assert.NotEqual(before[1], after[1]);

        async Task<LayerDescriptor[]> MakeAsync(NixSharp.StorePaths.StorePath app)
        {
            using var image = ContainerImage.FromClosure(await store.GetClosureAsync(app));
            return await Task.WhenAll(image.Layers.Select(layer => layer.WriteToAsync(Stream.Null)));
        }
    }

    [Fact]
    public async Task A_cache_knows_layers_that_another_process_made()
    {
        await using var store = new ImageStore();
        var closure = await store.GetClosureAsync(await store.AddAsync("a", await store.AddAsync("b")));
        var options = new ImageOptions { Cache = new LayerCache(_folder["cache"]) };
        using var first = ContainerImage.FromClosure(closure, options);
        Assert.All(first.Layers, layer => Assert.Null(layer.Descriptor));
        Assert.Throws<InvalidOperationException>(() => first.GetManifest());
        await first.WriteAsync($"oci:{_folder["layout"]}:x");

        using var second = ContainerImage.FromClosure(closure, options);
        Assert.Equal(first.GetManifest().Descriptor, second.GetManifest().Descriptor);
        Assert.All((await second.WriteAsync($"oci:{_folder["layout"]}:x")).Layers, layer => Assert.True(layer.Reused));
        Assert.All((await second.WriteAsync($"oci:{_folder["other"]}:x")).Layers, layer => Assert.False(layer.Reused));

        using var other = ContainerImage.FromClosure(closure, options with { Compression = LayerCompression.GzipAt(9) });
        Assert.All(other.Layers, layer => Assert.Null(layer.Descriptor));
    }

    [Fact]
    public async Task A_cache_that_is_wrong_is_found_out_and_forgets()
    {
        await using var store = new ImageStore();
        var closure = await store.GetClosureAsync(await store.AddAsync("a"));
        var cache = new LayerCache(_folder["cache"]);
        using var honest = ContainerImage.FromClosure(closure, new() { Cache = cache });
        var identity = ((StoreLayer)honest.Layers[0]).Identity!;
        cache.TryStore(identity, new(new(OciMediaTypes.LayerGzip, OciDigest.Compute([1]), 1), OciDigest.Compute([2])));

        using var misled = ContainerImage.FromClosure(closure, new() { Cache = cache });
        var error = await Assert.ThrowsAsync<ImageException>(() => misled.WriteAsync($"oci:{_folder["layout"]}:x"));
        Assert.Equal(NixErrorCodes.LayerChanged, error.Code);
        Assert.Empty(Directory.GetFiles(_folder["layout/blobs/sha256"]));

        using var again = ContainerImage.FromClosure(closure, new() { Cache = cache });
        await again.WriteAsync($"oci:{_folder["layout"]}:x");
    }

    [Fact]
    public async Task Files_come_on_top_with_the_folders_above_them()
    {
        _folder.Write("source/sub/file", "text");
        await using var store = new ImageStore();
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync(), new()
        {
            Compression = LayerCompression.None,
            Files = [ImageFile.FromPath("/srv/www/site", _folder["source"]) with { Owner = 5 }, ImageFile.Directory("/srv/www") with { Mode = 0x1FF }, ImageFile.Symlink("/srv/link", "www")],
        });
        using var tar = new MemoryStream();
        await image.Layers[0].WriteToAsync(tar);
        tar.Position = 0;
        using var reader = new System.Formats.Tar.TarReader(tar);
        var names = new List<string>();
        while (reader.GetNextEntry() is { } entry)
        {
            names.Add($"{entry.Name} {Convert.ToString((int)entry.Mode, 8)} {entry.Uid}");
        }

        Assert.Equal(["srv/ 755 0", "srv/link 777 0", "srv/www/ 777 0", "srv/www/site/ 755 5", "srv/www/site/sub/ 755 5", "srv/www/site/sub/file 644 5"], names);
    }

    [Fact]
    public async Task A_source_that_is_missing_is_reported_with_its_path()
    {
        await using var store = new ImageStore();
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync(), new() { Files = [ImageFile.FromPath("/a", _folder["missing"])] });
        var error = await Assert.ThrowsAsync<NixFileException>(() => image.WriteAsync($"docker-archive:{_folder["x.tar"]}"));
        Assert.Equal(NixErrorCodes.SourceNotFound, error.Code);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task A_folder_that_is_no_layout_is_left_alone()
    {
        _folder.Write("home/diary.txt", "dear diary");
        await using var store = new ImageStore();
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync(await store.AddAsync("a")));
        var error = await Assert.ThrowsAsync<ImageException>(() => image.WriteAsync($"oci:{_folder["home"]}:x"));
        Assert.Equal(NixErrorCodes.ImageWriteFailed, error.Code);
        Assert.Equal([_folder["home/diary.txt"]], Directory.GetFileSystemEntries(_folder["home"]));
    }

    [Fact]
    public async Task Progress_of_a_layer_ends_at_its_total()
    {
        await using var store = new ImageStore();
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync(await store.AddAsync("a")));
        var reports = new Recorder();
        await image.WriteAsync($"oci:{_folder["layout"]}:x", new WriteOptions { Progress = reports });
        Assert.NotEmpty(reports.All);
        Assert.All(reports.All, report => Assert.True(report.Done <= report.Total));
        Assert.Equal(reports.All[^1].Total, reports.All[^1].Done);
    }

    [Fact]
    public async Task The_history_names_the_store_paths_of_each_layer()
    {
        await using var store = new ImageStore();
        var a = await store.AddAsync("a");
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync(a));
        await image.WriteAsync($"oci:{_folder["layout"]}:x");
        var config = JObject.Parse(Encoding.UTF8.GetString(image.GetManifest().Config.Span));
        Assert.Equal($"store paths: {a}", (string?)config["history"]![0]!["comment"]);
    }

    private sealed class Recorder : IProgress<NixProgress>
    {
        public List<NixProgress> All { get; } = [];

        public void Report(NixProgress value) => All.Add(value);
    }

    private static class Golden
    {
        public const string Config =
            """
            {"created":"1970-01-01T00:00:01Z","architecture":"amd64","os":"linux","config":{"ExposedPorts":{"80/tcp":{},"9000/udp":{}},"Env":["B=2","A=1"],"Entrypoint":["/bin/hello"],"Labels":{"a":"2:3","z":"1"}},"rootfs":{"type":"layers","diff_ids":["sha256:a782c4377e68ab161de1efcd49f870fb5549da1df9e2c09962a282b6aa8bba90","sha256:56ac9578292970370ec131b2bdc7b50b84841062346ebdedbfce904e51b2f8a5"]},"history":[{"created":"1970-01-01T00:00:01Z","created_by":"nixsharp","comment":"store paths: /nix/store/nmrmdcw1bfnl35a893n7nyhw4xa5vy08-hello"},{"created":"1970-01-01T00:00:01Z","created_by":"nixsharp","comment":"extra files"}]}
            """;

        public const string Manifest =
            """
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:d91bcbce1a75e56dca4846172d4409338801a89fbbe595017e4aba3c1dcd9b93","size":618},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:a782c4377e68ab161de1efcd49f870fb5549da1df9e2c09962a282b6aa8bba90","size":3072,"annotations":{"io.github.nixsharp.layer.diff-id":"sha256:a782c4377e68ab161de1efcd49f870fb5549da1df9e2c09962a282b6aa8bba90","io.github.nixsharp.layer.identity":"ae3991372d470b286d2ae0ac7267f5edb920390174ffab9acc44b0261e00ab83","io.github.nixsharp.layer.store-paths":"nmrmdcw1bfnl35a893n7nyhw4xa5vy08-hello:120"}},{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:56ac9578292970370ec131b2bdc7b50b84841062346ebdedbfce904e51b2f8a5","size":2560,"annotations":{"io.github.nixsharp.layer.diff-id":"sha256:56ac9578292970370ec131b2bdc7b50b84841062346ebdedbfce904e51b2f8a5","io.github.nixsharp.layer.identity":"c724dcd7dfaa831844b3e4cc76c7a98fc9a9020c11c9bf02596e38f939bcf612"}}]}
            """;
    }
}
