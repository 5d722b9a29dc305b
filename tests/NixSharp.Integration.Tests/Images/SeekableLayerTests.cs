using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Compression;
using NixSharp.Images;
using NixSharp.Images.Oci;
using NixSharp.Testing;
using Xunit;
using TarReader = System.Formats.Tar.TarReader;

namespace NixSharp.Integration.Tests.Images;

public sealed class SeekableLayerTests : IDisposable
{
    // Of one piece to the byte, of several, and of none.
    private static readonly ImageFile[] Large = [.. new[] { BlockPipeline.BlockSize, (5 * BlockPipeline.BlockSize / 2) + 3, 0 }.Select(size => ImageFile.FromBytes($"/large/{size}", Noise(size)))];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("skopeo", "umoci", "gzip", "diff", Requirements.Root)]
    public async Task An_eStargz_layer_is_a_gzipped_layer_to_everybody_else()
    {
        await using var store = await StoreFixture.CreateAsync();
        var written = await WriteAsync(store, LayerCompression.EStargz, "layout");
        foreach (var layer in written.Layers)
        {
            File.Copy(BlobOf(layer), _folder["layer.gz"], overwrite: true);
            await CommandLine.RunAsync("gzip", "-t", _folder["layer.gz"]);
            Assert.Equal(layer.Descriptor.DiffId, OciDigest.Compute(Unpack(BlobOf(layer))));
        }

        await CommandLine.RunAsync("skopeo", "copy", $"oci:{_folder["layout"]}:x", $"docker-archive:{_folder["docker.tar"]}:x:1");
        await CheckUnpackedAsync(store, "layout");
    }

    [RequiresFact("gzip")]
    public async Task The_table_of_an_eStargz_layer_leads_to_every_file()
    {
        await using var store = await StoreFixture.CreateAsync();
        var written = await WriteAsync(store, LayerCompression.EStargz, "layout");
        foreach (var layer in written.Layers)
        {
            var blob = await File.ReadAllBytesAsync(BlobOf(layer));

            // The footer: 51 bytes, an empty member whose extra field has the offset of the table.
            var footer = blob.AsSpan(^51..);
            Assert.Equal([0x1f, 0x8b, 8, 4], footer[..4].ToArray());
            Assert.Equal("SG\u0016\0", Encoding.ASCII.GetString(footer.Slice(12, 4)));
            Assert.Equal("STARGZ", Encoding.ASCII.GetString(footer.Slice(32, 6)));
            var offset = int.Parse(Encoding.ASCII.GetString(footer.Slice(16, 16)), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

            using var table = new TarReader(new GZipStream(new MemoryStream(blob[offset..^51]), CompressionMode.Decompress));
            var file = table.GetNextEntry()!;
            Assert.Equal("stargz.index.json", file.Name);
            using var text = new MemoryStream();
            await file.DataStream!.CopyToAsync(text);
            Assert.Null(await table.GetNextEntryAsync());
            Assert.Equal(OciDigest.Compute(text.ToArray()).ToString(), layer.Descriptor.Annotations.Find("containerd.io/snapshot/stargz/toc.digest"));
            Assert.Equal(Unpack(BlobOf(layer)).Length.ToString(CultureInfo.InvariantCulture), layer.Descriptor.Annotations.Find("io.containers.estargz.uncompressed-size"));

            var json = JObject.Parse(Encoding.UTF8.GetString(text.ToArray()));
            Assert.Equal(1, (int)json["version"]!);
            CheckEntries(json, Unpack(BlobOf(layer)), except: "stargz.index.json", chunk => Gunzip(blob, chunk));
            Assert.Equal(".no.prefetch.landmark", (string)json["entries"]![0]!["name"]!);
        }

        Assert.Contains(written.Layers, layer => layer.Descriptor.Annotations.Count == 2);
    }

    [RequiresFact("skopeo", "umoci", "zstd", "diff", Requirements.Root)]
    public async Task A_chunked_layer_is_a_layer_in_zstd_to_everybody_else()
    {
        await using var store = await StoreFixture.CreateAsync();
        var written = await WriteAsync(store, LayerCompression.ZstdChunked, "layout");
        foreach (var layer in written.Layers)
        {
            await CommandLine.RunAsync("zstd", "-q", "-t", BlobOf(layer));
            Assert.Equal(layer.Descriptor.DiffId, OciDigest.Compute(Unzstd(await File.ReadAllBytesAsync(BlobOf(layer)))));
        }

        // This umoci is older than zstd in images; skopeo unpacks it first.
        await CommandLine.RunAsync("skopeo", "copy", "--dest-decompress", $"oci:{_folder["layout"]}:x", $"dir:{_folder["unpacked"]}");
        await CommandLine.RunAsync("skopeo", "copy", $"dir:{_folder["unpacked"]}", $"oci:{_folder["gzipped"]}:x");
        await CheckUnpackedAsync(store, "gzipped");
        Assert.Equal((await WriteAsync(store, LayerCompression.Zstd, "plain")).Layers.Select(layer => layer.Descriptor.DiffId), written.Layers.Select(layer => layer.Descriptor.DiffId));
    }

    [RequiresFact("zstd")]
    public async Task The_frames_of_a_chunked_layer_lead_to_every_file_and_back_to_the_archive()
    {
        await using var store = await StoreFixture.CreateAsync();
        foreach (var layer in (await WriteAsync(store, LayerCompression.ZstdChunked, "layout")).Layers)
        {
            var blob = await File.ReadAllBytesAsync(BlobOf(layer));
            var position = layer.Descriptor.Annotations.Find("io.github.containers.zstd-chunked.manifest-position")!.Split(':').Select(int.Parse).ToArray();
            var split = layer.Descriptor.Annotations.Find("io.github.containers.zstd-chunked.tarsplit-position")!.Split(':').Select(int.Parse).ToArray();

            // The footer repeats the annotations, in a frame to be skipped.
            var footer = blob.AsSpan(^72..);
            Assert.Equal([0x50, 0x2a, 0x4d, 0x18, 64, 0, 0, 0], footer[..8].ToArray());
            Assert.Equal("GNUlInUx", Encoding.ASCII.GetString(footer[64..]));
            long[] numbers = [.. Enumerable.Range(0, 7).Select(index => BinaryPrimitives.ReadInt64LittleEndian(blob.AsSpan(blob.Length - 64 + (8 * index))))];
            Assert.Equal([position[0], position[1], position[2], position[3], split[0], split[1], split[2]], numbers);

            var packed = blob.AsSpan(position[0], position[1]).ToArray();
            Assert.Equal(OciDigest.Compute(packed).ToString(), layer.Descriptor.Annotations.Find("io.github.containers.zstd-chunked.manifest-checksum"));
            var table = Unzstd(packed);
            Assert.Equal(position[2], table.Length);
            var json = JObject.Parse(Encoding.UTF8.GetString(table));
            CheckEntries(json, Unzstd(blob), except: "", chunk => Unzstd(blob, chunk));

            var lines = Unzstd(blob.AsSpan(split[0], split[1]).ToArray());
            Assert.Equal(split[2], lines.Length);
            Assert.Equal(OciDigest.Compute(blob.AsSpan(split[0], split[1])).ToString(), (string)json["tarSplitDigest"]!);
            Assert.Equal(layer.Descriptor.DiffId, OciDigest.Compute(PutTogether(lines, json, blob)));
        }
    }

    [Theory]
    [OnNix(NixRelease.Debian13)]
    public async Task The_table_is_the_one_that_skopeo_makes(NixRelease release)
    {
        await using var store = await StoreFixture.CreateAsync();
        await WriteAsync(store, LayerCompression.ZstdChunked, "layout");
        await WriteAsync(store, LayerCompression.None, "plain");
        await CommandLine.RunAsync(release.PathOf("skopeo"), "copy", "--dest-compress", "--dest-compress-format", "zstd:chunked", $"oci:{_folder["plain"]}:x", $"dir:{_folder["theirs"]}");
        await CommandLine.RunAsync(release.PathOf("skopeo"), "copy", $"oci:{_folder["layout"]}:x", $"dir:{_folder["ours"]}");

        var (theirs, ours) = (Tables("theirs"), Tables("ours"));
        Assert.Equal(4, ours.Count);
        foreach (var (their, our) in theirs.Zip(ours))
        {
            // Where the pieces of a file end is up to the writer.
            Assert.Equal(Shape(their).ToString(), Shape(our).ToString());
        }

        List<JObject> Tables(string name) => [.. JObject.Parse(File.ReadAllText(_folder[$"{name}/manifest.json"]))["layers"]!.Select(layer =>
        {
            var position = ((string)layer["annotations"]!["io.github.containers.zstd-chunked.manifest-position"]!).Split(':').Select(int.Parse).ToArray();
            var blob = File.ReadAllBytes(_folder[$"{name}/{((string)layer["digest"]!)["sha256:".Length..]}"]);
            return JObject.Parse(Encoding.UTF8.GetString(Unzstd(blob.AsSpan(position[0], position[1]).ToArray())));
        })];

        static JArray Shape(JObject table) => new(table["entries"]!.Where(entry => (string)entry["type"]! != "chunk").Select(entry => new JObject(
            new[] { "name", "type", "size", "linkName", "mode", "digest", "modtime" }.Where(field => entry[field] is not null).Select(field => new JProperty(field, entry[field])))));
    }

    [Fact]
    public async Task Seekable_layers_are_the_same_each_time_and_remembered_with_their_annotations()
    {
        await using var store = await StoreFixture.CreateAsync();
        var cache = new LayerCache(_folder["cache"]);
        foreach (var compression in new[] { LayerCompression.EStargz, LayerCompression.ZstdChunked })
        {
            var first = await WriteAsync(store, compression, $"a-{compression.Format}", cache);
            using var known = ContainerImage.FromClosure(await store.GetClosureAsync(), new() { Compression = compression, Cache = cache, Layering = Layering.OnePerPath, Files = Large });
            

            // Extra files have to be read before they are known again.
            Assert.Equal(first.Layers.SkipLast(1).Select(layer => layer.Descriptor), known.Layers.SkipLast(1).Select(layer => layer.Descriptor!.Value));
            Assert.Equal(first.ManifestDigest, (await WriteAsync(store, compression, $"b-{compression.Format}")).ManifestDigest);
        }
    }

    [Fact]
    public async Task Archives_of_others_are_not_taken_apart()
    {
        await using var store = await StoreFixture.CreateAsync();
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync());
        await image.WriteAsync($"docker-archive:{_folder["docker.tar"]}");
        using var opened = await ContainerImage.OpenAsync($"docker-archive:{_folder["docker.tar"]}", new OpenOptions { Compression = LayerCompression.EStargz });
        Assert.Equal(NixErrorCodes.InvalidImageOptions, (await Assert.ThrowsAsync<ImageException>(() => opened.WriteAsync($"oci:{_folder["layout"]}"))).Code);
    }

    private async Task<WriteResult> WriteAsync(StoreFixture store, LayerCompression compression, string name, LayerCache? cache = null)
    {
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync(), new() { Compression = compression, Cache = cache, Layering = Layering.OnePerPath, Files = Large });
        return await image.WriteAsync($"oci:{_folder[name]}:x");
    }

    private async Task CheckUnpackedAsync(StoreFixture store, string layout)
    {
        await CommandLine.RunAsync("umoci", "unpack", "--image", $"{_folder[layout]}:x", _folder["bundle"]);
        var closure = await store.GetClosureAsync();
        foreach (var info in closure.Paths)
        {
            await CommandLine.RunAsync("diff", "--recursive", "--no-dereference", closure.GetRealPath(info.Path), _folder[$"bundle/rootfs{info.Path}"]);
        }
    }

    /// <summary>Holds a table of contents against the archive, as .NET reads it, and against the pieces where it says that they are.</summary>
    private static void CheckEntries(JObject table, byte[] archive, string except, Func<long, byte[]> read)
    {
        var entries = table["entries"]!.ToList();
        using var tar = new TarReader(new MemoryStream(archive));
        var at = 0;
        while (tar.GetNextEntry(copyData: true) is { } entry)
        {
            if (entry.Name == except)
            {
                continue;
            }

            var listed = entries[at++];
            Assert.Equal(entry.Name, (string)listed["name"]!);
            Assert.Equal((int)entry.Mode, (int)listed["mode"]!);
            Assert.Equal(entry.LinkName, (string?)listed["linkName"] ?? "");
            Assert.Equal(entry.Length, (long?)listed["size"] ?? 0);
            if (entry.Length == 0)
            {
                continue;
            }

            using var contents = new MemoryStream();
            entry.DataStream!.CopyTo(contents);
            Assert.Equal(OciDigest.Compute(contents.ToArray()).ToString(), (string)listed["digest"]!);
            using var pieces = new MemoryStream();
            pieces.Write(Piece(listed));
            while (at < entries.Count && (string)entries[at]["type"]! == "chunk")
            {
                Assert.Equal(pieces.Length, (long)entries[at]["chunkOffset"]!);
                pieces.Write(Piece(entries[at++]));
            }

            Assert.True(contents.ToArray().AsSpan().SequenceEqual(pieces.ToArray()), $"the pieces of {entry.Name} are not its contents");
        }

        Assert.Equal(entries.Count, at);

        byte[] Piece(JToken chunk)
        {
            var bytes = read((long)chunk["offset"]!);
            Assert.Equal(OciDigest.Compute(bytes).ToString(), (string?)chunk["chunkDigest"] ?? (string)chunk["digest"]!);
            return bytes;
        }
    }

    private static byte[] PutTogether(byte[] lines, JObject table, byte[] blob)
    {
        using var archive = new MemoryStream();
        var files = table["entries"]!.Where(entry => (string)entry["type"]! != "chunk").ToDictionary(entry => (string)entry["name"]!);
        var chunks = table["entries"]!.Where(entry => (string)entry["type"]! == "chunk").ToLookup(entry => (string)entry["name"]!);
        foreach (var (position, line) in Encoding.UTF8.GetString(lines).TrimEnd('\n').Split('\n').Select(JObject.Parse).Index())
        {
            Assert.Equal(position, (int)line["position"]!);
            if ((int)line["type"]! == 2)
            {
                archive.Write(Convert.FromBase64String((string)line["payload"]!));
            }
            else if ((long?)line["size"] is > 0)
            {
                var name = (string)line["name"]!;
                foreach (var piece in chunks[name].Prepend(files[name]))
                {
                    archive.Write(Unzstd(blob, (long)piece["offset"]!));
                }
            }
        }

        return archive.ToArray();
    }

    private static byte[] Noise(int size)
    {
        var noise = new byte[size];
        new Random(size).NextBytes(noise);
        return noise;
    }

    private string BlobOf(WrittenLayer layer) => Directory.GetFiles(_folder.Path, layer.Descriptor.Blob.Digest.Hex, SearchOption.AllDirectories).First();

    private static byte[] Unpack(string gzipped)
    {
        using var reader = new GZipStream(File.OpenRead(gzipped), CompressionMode.Decompress);
        using var output = new MemoryStream();
        reader.CopyTo(output);
        return output.ToArray();
    }

    /// <summary>Reads the one member at an offset.</summary>
    private static byte[] Gunzip(byte[] blob, long offset)
    {
        // The next member's header is where this one's trailer ends; deflate knows its own end.
        using var reader = new DeflateStream(new MemoryStream(blob, (int)offset + 10, blob.Length - (int)offset - 10), CompressionMode.Decompress);
        using var output = new MemoryStream();
        reader.CopyTo(output);
        return output.ToArray();
    }

    private static byte[] Unzstd(byte[] packed)
    {
        using var reader = NarCompression.Zstd.OpenRead(new MemoryStream(packed));
        using var output = new MemoryStream();
        reader.CopyTo(output);
        return output.ToArray();
    }

    /// <summary>Reads the one frame at an offset.</summary>
    private static byte[] Unzstd(byte[] blob, long offset)
    {
        using var decoder = new ZstdDecoder();
        var output = new byte[BlockPipeline.BlockSize + 1];
        var done = decoder.Decompress(blob.AsSpan((int)offset), output, out _, out var written, isFinal: true);
        Assert.Equal(System.Buffers.OperationStatus.Done, done);
        return output[..written];
    }
}
