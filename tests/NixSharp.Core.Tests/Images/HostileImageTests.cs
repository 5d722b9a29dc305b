using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Images;

public sealed class HostileImageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(NixErrorCodes.BlobDigestMismatch, "changed")]
    [InlineData(NixErrorCodes.InvalidImage, "cut")]
    [InlineData(NixErrorCodes.InvalidImage, "gone")]
    public async Task A_damaged_layer_is_found_while_it_is_copied(string code, string damage)
    {
        var layer = (await WriteLayoutAsync()).Layers[0].Descriptor.Blob;
        var file = _folder[$"layout/blobs/sha256/{layer.Digest.Hex}"];
        var bytes = await File.ReadAllBytesAsync(file);
        switch (damage)
        {
            case "changed":
                bytes[^9] ^= 1;
                await File.WriteAllBytesAsync(file, bytes);
                break;
            case "cut":
                await File.WriteAllBytesAsync(file, bytes[..^1]);
                break;
            default:
                File.Delete(file);
                break;
        }

        using var image = await ContainerImage.OpenAsync($"oci:{_folder["layout"]}:x");
        var error = await Assert.ThrowsAsync<ImageException>(() => image.WriteAsync($"oci:{_folder["copy"]}:x"));
        Assert.Equal(code, error.Code);
        Assert.Empty(Directory.GetFiles(_folder["copy/blobs/sha256"]));
        Assert.Empty(Directory.GetFiles(_folder["copy"], ".tmp-*"));
        await Assert.ThrowsAsync<ImageException>(() => image.WriteAsync($"docker-archive:{_folder["copy.tar"]}"));
        Assert.False(File.Exists(_folder["copy.tar"]));
    }

    [Fact]
    public async Task A_manifest_that_is_changed_or_too_large_is_refused()
    {
        var digest = (await WriteLayoutAsync()).ManifestDigest!.Value;
        var file = _folder[$"layout/blobs/sha256/{digest.Hex}"];
        var manifest = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, manifest.Replace("sha256", "sha512", StringComparison.Ordinal));
        await AssertRefusedAsync(NixErrorCodes.BlobDigestMismatch, $"oci:{_folder["layout"]}:x");
        await using (var stream = File.OpenWrite(file))
        {
            stream.SetLength(1L << 40);
        }

        await AssertRefusedAsync(NixErrorCodes.InvalidImage, $"oci:{_folder["layout"]}:x");
    }

    [Theory]
    [InlineData("oci-layout", "{\"imageLayoutVersion\":\"2.0.0\"}")]
    [InlineData("oci-layout", "[")]
    [InlineData("index.json", "[]")]
    [InlineData("index.json", "{\"manifests\":[{\"digest\":\"sha256:../../../etc/passwd\",\"size\":1,\"mediaType\":\"x\"}]}")]
    public async Task A_layout_with_strange_files_is_refused(string name, string contents)
    {
        await WriteLayoutAsync();
        await File.WriteAllTextAsync(_folder[$"layout/{name}"], contents);
        await AssertRefusedAsync(NixErrorCodes.InvalidImage, $"oci:{_folder["layout"]}");
    }

    [Fact]
    public async Task A_reference_that_is_missing_or_needed_is_named()
    {
        await WriteLayoutAsync("one");
        await WriteLayoutAsync("two");
        foreach (var location in new[] { $"oci:{_folder["layout"]}:three", $"oci:{_folder["layout"]}" })
        {
            var error = await AssertRefusedAsync(NixErrorCodes.ImageNotFound, location);
            Assert.Contains("one, two", error.Message, StringComparison.Ordinal);
        }

        await AssertRefusedAsync(NixErrorCodes.ImageNotFound, $"oci:{_folder["missing"]}");
        await AssertRefusedAsync(NixErrorCodes.ImageNotFound, $"docker-archive:{_folder["missing"]}");
    }

    [Theory]
    [InlineData("../manifest.json")]
    [InlineData("/manifest.json")]
    [InlineData("a/../../manifest.json")]
    public async Task A_name_that_leaves_the_archive_is_refused(string name)
    {
        WriteTar("evil.tar", (name, "[]"));
        await AssertRefusedAsync(NixErrorCodes.InvalidImage, $"docker-archive:{_folder["evil.tar"]}");
    }

    [Fact]
    public async Task An_archive_that_is_cut_off_anywhere_is_refused()
    {
        await using var store = new ImageStore();
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync(await store.AddAsync("a")));
        await image.WriteAsync($"docker-archive:{_folder["whole.tar"]}");
        var bytes = await File.ReadAllBytesAsync(_folder["whole.tar"]);
        for (var length = 0; length < bytes.Length - 2048; length += 500)
        {
            await File.WriteAllBytesAsync(_folder["cut.tar"], bytes[..length]);
            await AssertRefusedAsync(NixErrorCodes.InvalidImage, $"docker-archive:{_folder["cut.tar"]}");
        }
    }

    [Fact]
    public async Task A_layer_that_is_not_the_one_in_the_configuration_is_refused()
    {
        WriteTar(
            "swapped.tar",
            ("config.json", $"{{\"rootfs\":{{\"diff_ids\":[\"sha256:{new string('a', 64)}\"]}}}}"),
            ("layer.tar", new string('\0', 1024)),
            ("manifest.json", "[{\"Config\":\"config.json\",\"Layers\":[\"layer.tar\"]}]"));
        using var image = await ContainerImage.OpenAsync($"docker-archive:{_folder["swapped.tar"]}");
        var error = await Assert.ThrowsAsync<ImageException>(() => image.WriteAsync($"oci:{_folder["copy"]}:x"));
        Assert.Equal(NixErrorCodes.BlobDigestMismatch, error.Code);
    }

    [Fact]
    public async Task A_gzipped_archive_that_unpacks_to_too_much_is_refused()
    {
        await using (var gzip = new GZipStream(File.Create(_folder["bomb.tar.gz"]), CompressionLevel.Fastest))
        {
            await gzip.WriteAsync(new byte[1_000_000]);
        }

        var options = new OpenOptions { Limits = new() { MaxUnpackedSize = 999_999 } };
        var error = await Assert.ThrowsAsync<ImageException>(() => ContainerImage.OpenAsync($"docker-archive:{_folder["bomb.tar.gz"]}", options));
        Assert.Equal(NixErrorCodes.InvalidImage, error.Code);
    }

    [Fact]
    public async Task Links_between_layers_as_old_dockers_wrote_them_are_followed()
    {
        await using var store = new ImageStore();
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync(await store.AddAsync("a")));
        var diffId = (await image.WriteAsync($"docker-archive:{_folder["new.tar"]}")).Layers[0].Descriptor.DiffId;
        await using (var output = File.Create(_folder["old.tar"]))
        await using (var tar = new TarWriter(output, TarEntryFormat.Gnu))
        {
            var layer = new MemoryStream();
            await ReadEntryAsync($"{diffId.Hex}.tar", layer);
            layer.Position = 0;
            await tar.WriteEntryAsync(new GnuTarEntry(TarEntryType.RegularFile, $"./{new string('1', 150)}/layer.tar") { DataStream = layer });
            await tar.WriteEntryAsync(new GnuTarEntry(TarEntryType.SymbolicLink, "two/layer.tar") { LinkName = $"../{new string('1', 150)}/layer.tar" });
            var config = new JObject { ["rootfs"] = new JObject { ["diff_ids"] = new JArray(diffId.ToString(), diffId.ToString()) } };
            await tar.WriteEntryAsync(new GnuTarEntry(TarEntryType.RegularFile, "c.json") { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(config.ToString())) });
            var manifest = $"[{{\"Config\":\"c.json\",\"Layers\":[\"{new string('1', 150)}/layer.tar\",\"two/layer.tar\"]}}]";
            await tar.WriteEntryAsync(new GnuTarEntry(TarEntryType.RegularFile, "manifest.json") { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(manifest)) });
        }

        using var opened = await ContainerImage.OpenAsync($"docker-archive:{_folder["old.tar"]}");
        var written = await opened.WriteAsync($"oci-archive:{_folder["out.tar"]}:x");
        Assert.Equal([diffId, diffId], written.Layers.Select(layer => layer.Descriptor.DiffId));

        async Task ReadEntryAsync(string name, Stream target)
        {
            using var reader = new TarReader(File.OpenRead(_folder["new.tar"]));
            while (await reader.GetNextEntryAsync() is { } entry)
            {
                if (entry.Name == name)
                {
                    await entry.DataStream!.CopyToAsync(target);
                }
            }
        }
    }

    private async Task<WriteResult> WriteLayoutAsync(string reference = "x")
    {
        await using var store = new ImageStore();
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync(await store.AddTextAsync("a", reference)));
        return await image.WriteAsync($"oci:{_folder["layout"]}:{reference}");
    }

    private static async Task<ImageException> AssertRefusedAsync(string code, string location)
    {
        var error = await Assert.ThrowsAsync<ImageException>(() => ContainerImage.OpenAsync(location));
        Assert.Equal(code, error.Code);
        return error;
    }

    private void WriteTar(string file, params (string Name, string Contents)[] entries)
    {
        using var tar = new TarWriter(File.Create(_folder[file]), TarEntryFormat.Ustar);
        foreach (var (name, contents) in entries)
        {
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(contents)) });
        }
    }
}
