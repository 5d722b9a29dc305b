using System.Formats.Tar;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Closures;
using NixSharp.Images;
using NixSharp.Images.Oci;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Images;

/// <summary>Compares with what nixpkgs' script and nix2container's writer gave; <c>Vectors/make.py</c> has asked them.</summary>
public sealed class DescribedImageTests : IAsyncDisposable
{
    private static readonly string Vectors = Path.Combine(GoldenData.RepositoryRoot, "tests", "NixSharp.Core.Tests", "Images", "Vectors");
    private static readonly JObject Tree = JObject.Parse(File.ReadAllText(Path.Combine(Vectors, "tree.json")));
    private static readonly JObject Expected = JObject.Parse(File.ReadAllText(Path.Combine(Vectors, "vectors.json")));

    private readonly TemporaryFolder _folder = new();
    private readonly LocalStore _store;

    public DescribedImageTests()
    {
        _store = LocalStore.Open(_folder["root"]);
        foreach (var (path, entries) in (JObject)Tree["store"]!)
        {
            foreach (var (name, entry) in (JObject)entries!)
            {
                Make(_folder[$"root{(name.Length == 0 ? path : $"{path}/{name}")}"], (JObject)entry!);
            }

            MakeReadOnly(_folder[$"root{path}"]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_streamed_image_has_the_layers_and_the_id_that_its_own_script_gives()
    {
        var customisation = (string)Tree["streamed"]!["customisation"]!;
        foreach (var name in new[] { "base", "image" })
        {
            var description = (JObject)Tree["streamed"]![name]!;
            var layer = Encoding.ASCII.GetBytes(customisation);
            _folder.Write($"root{(string)description["customisation_layer"]!}/layer.tar", customisation);
            _folder.Write($"root{(string)description["customisation_layer"]!}/checksum", $"{OciDigest.Compute(layer).Hex}\n");
            var file = _folder.Write($"{name}-conf.json", description.ToString());
            using var image = await ContainerImage.OpenAsync($"stream:{file}", new() { Store = _store });
            var written = await image.WriteAsync($"docker-archive:{_folder[$"{name}.tar"]}:{name}:1");

            Assert.Equal(
                Expected[name]!["layers"]!.Select(digest => $"sha256:{digest}"),
                written.Layers.Select(written => written.Descriptor.DiffId.ToString()));
            Assert.Equal($"sha256:{Expected[name]!["id"]}", written.ConfigDigest.ToString());
            if (name == "base")
            {
                await RenameLayersAsync(_folder["base.tar"], _folder[$"root{(string)Tree["streamed"]!["image"]!["from_image"]!}"]);
            }
        }
    }

    [Fact]
    public async Task The_script_that_streams_an_image_leads_to_its_configuration()
    {
        var description = (JObject)Tree["streamed"]!["base"]!;
        _folder.Write($"root{(string)description["customisation_layer"]!}/layer.tar", "");
        _folder.Write($"root{(string)description["customisation_layer"]!}/checksum", OciDigest.Compute([]).Hex);
        var hash = new string('0', 32);
        _folder.Write($"root/nix/store/{hash}-base-conf.json", description.ToString());
        var script = _folder.Write("result", $"#! /nix/store/{hash}-bash/bin/bash -e\nexec \"/nix/store/{hash}-stream/bin/stream\"  /nix/store/{hash}-base-conf.json \"$@\"\n");
        using var image = await ContainerImage.OpenAsync($"stream:{script}", new() { Store = _store });
        Assert.Equal(2, image.Layers.Count);
    }

    [Fact]
    public async Task Layers_of_nix2container_have_its_digests()
    {
        var description = (JObject)Tree["nix2container"]!.DeepClone();
        foreach (var (layer, index) in description["layers"]!.Select((layer, index) => (layer, index)))
        {
            layer["digest"] = layer["diff_ids"] = $"sha256:{Expected["nix2container"]!["layers"]![index]}";
            layer["size"] = Expected["nix2container"]!["sizes"]![index];
        }

        var log = new Recorder();
        var file = _folder.Write("image.json", description.ToString());
        using var image = await ContainerImage.OpenAsync($"nix:{file}", new() { Store = _store, Compression = LayerCompression.None, Log = log });
        var written = await image.WriteAsync($"oci:{_folder["layout"]}:x");

        Assert.Equal(description["layers"]!.Select(layer => (string?)layer["digest"]), written.Layers.Select(layer => layer.Descriptor.Blob.Digest.ToString()));
        Assert.Equal(description["layers"]!.Select(layer => (long)layer["size"]!), written.Layers.Select(layer => layer.Descriptor.Blob.Size));
        Assert.Empty(log.All);
        var config = JObject.Parse(Encoding.UTF8.GetString(image.GetManifest().Config.Span));
        Assert.Equal("amd64", (string?)config["architecture"]);
        Assert.Equal("A=1", (string?)config["config"]!["Env"]![0]);
        Assert.Equal("nix2container", (string?)config["history"]![3]!["created_by"]);
    }

    [Fact]
    public async Task A_digest_that_cannot_be_reproduced_is_said_and_made_anew()
    {
        // The descriptions in the tree have digests of nothing.
        var log = new Recorder();
        var file = _folder.Write("image.json", Tree["nix2container"]!.ToString());
        using var image = await ContainerImage.OpenAsync($"nix:{file}", new() { Store = _store, Log = log });
        var written = await image.WriteAsync($"docker-archive:{_folder["image.tar"]}");
        Assert.Equal(Expected["nix2container"]!["layers"]!.Select(digest => $"sha256:{digest}"), written.Layers.Select(layer => layer.Descriptor.DiffId.ToString()));
        Assert.Equal(4, log.All.Count);
        Assert.All(log.All, line => Assert.Contains("was recorded", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Layers_of_nix2container_that_lie_ready_are_taken_as_they_are()
    {
        using var source = ContainerImage.FromClosure(await _store.GetClosureAsync([]), new() { Files = [ImageFile.FromText("/a", "a")] });
        var layer = (await source.WriteAsync($"oci:{_folder["source"]}:x")).Layers[0].Descriptor;
        Directory.CreateDirectory(_folder[$"root/nix/store/{new string('0', 32)}-layers"]);
        var place = $"/nix/store/{new string('0', 32)}-layers/layer.tar.gz";
        File.Copy(_folder[$"source/blobs/sha256/{layer.Blob.Digest.Hex}"], _folder[$"root{place}"]);
        var description = new JObject
        {
            ["version"] = 1,
            ["image-config"] = new JObject(),
            ["arch"] = "amd64",
            ["layers"] = new JArray(new JObject
            {
                ["digest"] = layer.Blob.Digest.ToString(),
                ["diff_ids"] = layer.DiffId.ToString(),
                ["size"] = layer.Blob.Size,
                ["mediatype"] = OciMediaTypes.LayerGzip,
                ["layer-path"] = place,
            }),
        };
        using var image = await ContainerImage.OpenAsync($"nix:{_folder.Write("image.json", description.ToString())}", new() { Store = _store });
        Assert.Equal(layer, (await image.WriteAsync($"oci:{_folder["layout"]}:x")).Layers[0].Descriptor);
    }

    [Theory]
    [InlineData("nix", "version", "2")]
    [InlineData("nix", "layers[0].digest", "\"sha256:x\"")]
    [InlineData("nix", "layers[0].paths", "[]")]
    [InlineData("nix", "layers[0].paths[0].path", "\"/etc/shadow\"")]
    [InlineData("nix", "layers[0].paths[0].path", "\"/nix/store/../../etc/shadow\"")]
    [InlineData("nix", "layers[2].paths[0].options.rewrite.regex", "\"(\"")]
    [InlineData("nix", "layers[2].paths[0].options.perms[0].regex", "\"(?!x)\"")]
    [InlineData("nix", "layers[2].paths[0].options.perms[0].uid", "-1")]
    [InlineData("stream", "store_dir", "\"/other/store\"")]
    [InlineData("stream", "store_layers", "{}")]
    [InlineData("stream", "store_layers[0][0]", "\"/etc/shadow\"")]
    [InlineData("stream", "store_layers[0]", "[]")]
    [InlineData("stream", "customisation_layer", "\"/etc\"")]
    [InlineData("stream", "from_image", "\"/etc/passwd\"")]
    [InlineData("stream", "uid", "-1")]
    [InlineData("stream", "uname", "\"a name that is much longer than archives have room for\"")]
    [InlineData("stream", "mtime", "\"tomorrow\"")]
    public async Task A_description_that_makes_no_sense_is_refused(string transport, string place, string value)
    {
        var description = (JObject)(transport == "nix" ? Tree["nix2container"]! : Tree["streamed"]!["base"]!).DeepClone();
        description.SelectToken(place)!.Replace(JToken.Parse(value));
        var file = _folder.Write("description.json", description.ToString());
        var error = await Assert.ThrowsAsync<ImageException>(() => ContainerImage.OpenAsync($"{transport}:{file}", new() { Store = _store }));
        Assert.Contains(error.Code, new[] { NixErrorCodes.InvalidImage, NixErrorCodes.InvalidImageOptions });
    }

    [Fact]
    public async Task An_option_of_nix2container_that_is_not_known_is_not_passed_over()
    {
        var description = (JObject)Tree["nix2container"]!.DeepClone();
        description["layers"]![0]!["paths"]![0]!["tar"] = "/nix/store/x";
        var file = _folder.Write("image.json", description.ToString());
        var error = await Assert.ThrowsAsync<ImageException>(() => ContainerImage.OpenAsync($"nix:{file}", new() { Store = _store }));
        Assert.Equal(NixErrorCodes.UnsupportedImage, error.Code);
    }

    [Theory]
    [InlineData("^.*$", "/../../etc/x")]
    [InlineData("^/nix", "/a/../..")]
    public async Task A_rewritten_path_that_leaves_the_image_is_refused(string expression, string replacement)
    {
        var description = (JObject)Tree["nix2container"]!.DeepClone();
        description.SelectToken("layers[2].paths[0].options.rewrite")!.Replace(new JObject { ["regex"] = expression, ["repl"] = replacement });
        var file = _folder.Write("image.json", description.ToString());
        using var image = await ContainerImage.OpenAsync($"nix:{file}", new() { Store = _store });
        var error = await Assert.ThrowsAsync<ImageException>(() => image.Layers[2].WriteToAsync(Stream.Null));
        Assert.Equal(NixErrorCodes.ImageUnreadable, error.Code);
    }

    /// <summary>Gives layers the names that the script gives them, because it writes those into the history.</summary>
    private static async Task RenameLayersAsync(string source, string destination)
    {
        using var reader = new TarReader(File.OpenRead(source));
        await using var writer = new TarWriter(File.Create(destination), TarEntryFormat.Ustar);
        while (await reader.GetNextEntryAsync(copyData: true) is { } entry)
        {
            var name = entry.Name.Replace(".tar", "/layer.tar", StringComparison.Ordinal);
            Stream contents = entry.Name == "manifest.json"
                ? new MemoryStream(Encoding.UTF8.GetBytes((await new StreamReader(entry.DataStream!).ReadToEndAsync()).Replace(".tar", "/layer.tar", StringComparison.Ordinal)))
                : entry.DataStream!;
            await writer.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = contents });
        }
    }

    private static void Make(string place, JObject entry)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        if (entry["link"] is { } target)
        {
            File.CreateSymbolicLink(place, (string)target!);
        }
        else if (entry["file"] is { } text)
        {
            File.WriteAllText(place, (string)text!);
            File.SetUnixFileMode(place, (UnixFileMode)(entry["executable"] is null ? 0x124 : 0x16D));
        }
        else
        {
            Directory.CreateDirectory(place);
        }
    }

    private static void MakeReadOnly(string folder)
    {
        if (new FileInfo(folder).LinkTarget is not null || !Directory.Exists(folder))
        {
            return;
        }

        foreach (var below in Directory.GetDirectories(folder))
        {
            MakeReadOnly(below);
        }

        File.SetUnixFileMode(folder, (UnixFileMode)0x16D);
    }

    private sealed class Recorder : IProgress<string>
    {
        public List<string> All { get; } = [];

        public void Report(string value) => All.Add(value);
    }
}
