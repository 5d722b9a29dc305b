using System.Formats.Tar;
using System.Text;
using NixSharp.Images;
using NixSharp.Images.Contents;
using NixSharp.Images.Oci;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Images;

public sealed class HostileLayerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, TarEntry[]> Escapes => new()
    {
        { "leaves the root", [TestArchive.File("../x", "")] },
        { "leaves the root", [TestArchive.File("a/../../x", "")] },
        { "leaves the root", [TestArchive.File("/../x", "")] },
        { "leaves the root", [TestArchive.File("a/.wh...", "")] },
        { "below 'a', which is a symlink", [TestArchive.Entry("a", TarEntryType.SymbolicLink, "/etc"), TestArchive.File("a/passwd", "")] },
        { "below 'd/a', which is a symlink", [TestArchive.Entry("d/a", TarEntryType.SymbolicLink, ".."), TestArchive.Entry("x", TarEntryType.HardLink, "d/a/etc/shadow")] },
        { "leaves the root", [TestArchive.Entry("x", TarEntryType.HardLink, "../etc/shadow")] },
        { "is a device", [TestArchive.Entry("dev/sda", TarEntryType.BlockDevice)] },
        { "is a device", [TestArchive.Entry("dev/mem", TarEntryType.CharacterDevice)] },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Escapes))]
    public async Task A_layer_that_would_get_out_of_its_root_is_refused(string named, TarEntry[] entries)
    {
        TestArchive.Write(_folder["evil.tar"], entries);
        using var image = await ContainerImage.OpenAsync($"docker-archive:{_folder["evil.tar"]}");
        var error = await Assert.ThrowsAsync<ImageException>(() => image.VerifyAsync());
        Assert.Equal(NixErrorCodes.InvalidImage, error.Code);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_layers_usually_have_is_fine()
    {
        TestArchive.Write(
            _folder["image.tar"],
            [
                TestArchive.Entry("./", TarEntryType.Directory),
                TestArchive.Entry("/nix/store/", TarEntryType.Directory),
                TestArchive.File("./a", "a"),
                TestArchive.Entry("b", TarEntryType.HardLink, "a"),
                TestArchive.Entry("up", TarEntryType.SymbolicLink, "../../../x"),
                TestArchive.Entry("bin", TarEntryType.SymbolicLink, "usr/bin"),
                TestArchive.Entry("bin", TarEntryType.Directory),
                TestArchive.File("bin/x", ""),
                TestArchive.Entry("fifo", TarEntryType.Fifo),
            ],
            [TestArchive.File(".wh.a", ""), TestArchive.File("bin/.wh..wh..opq", "")]);
        using var image = await ContainerImage.OpenAsync($"docker-archive:{_folder["image.tar"]}");
        var verified = await image.VerifyAsync();
        Assert.Equal(11, verified.EntryCount);
        Assert.Equal(1, verified.ContentSize);
    }

    [Fact]
    public async Task Limits_of_a_layer_are_kept()
    {
        TestArchive.Write(_folder["image.tar"], [TestArchive.File("a", new string('a', 5000)), TestArchive.File("b", ""), TestArchive.Entry("dev/null", TarEntryType.CharacterDevice)]);
        using var image = await ContainerImage.OpenAsync($"docker-archive:{_folder["image.tar"]}");
        await image.VerifyAsync(new() { AllowDevices = true });
        foreach (var limits in new ImageLimits[] { new() { AllowDevices = true, MaxFiles = 2 }, new() { AllowDevices = true, MaxUnpackedSize = 5000 } })
        {
            var error = await Assert.ThrowsAsync<ImageException>(() => image.VerifyAsync(limits));
            Assert.Equal(NixErrorCodes.InvalidImage, error.Code);
        }

        using var layers = await ContainerImage.OpenAsync($"docker-archive:{_folder["image.tar"]}", new() { Limits = new() { MaxLayers = 1 } });
        var many = await Assert.ThrowsAsync<ImageException>(() => ContainerImage.OpenAsync($"docker-archive:{_folder["image.tar"]}", new() { Limits = new() { MaxLayers = 0 } }));
        Assert.Equal(NixErrorCodes.InvalidImage, many.Code);
    }

    [Fact]
    public async Task A_header_that_is_huge_is_refused_before_it_is_read()
    {
        var header = new byte[512];
        NixSharp.Images.Tar.TarHeader.Write(header, [], "././@PaxHeader"u8, NixSharp.Images.Tar.TarEntryType.Pax, new(0), 8L << 30, []);
        TestArchive.WriteLayers(_folder["image.tar"], header);
        using var image = await ContainerImage.OpenAsync($"docker-archive:{_folder["image.tar"]}");
        var error = await Assert.ThrowsAsync<ImageException>(() => image.VerifyAsync());
        Assert.Equal(NixErrorCodes.InvalidImage, error.Code);
        Assert.Contains("extended header", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_bytes_are_read_or_refused()
    {
        byte[][] seeds =
        [
            TestArchive.Layer(TestArchive.Entry("a/", TarEntryType.Directory), TestArchive.File("a/b", "text"), TestArchive.Entry("l", TarEntryType.SymbolicLink, "a"), TestArchive.Entry("h", TarEntryType.HardLink, "a/b"), TestArchive.File("a/.wh.x", "")),
            PaxLayer(),
        ];
        Fuzz.Run<ImageException>(
            seeds,
            bytes => LayerEntryReader.ReadAsync(new MemoryLayer(bytes), new ImageLimits { MaxUnpackedSize = 1 << 24 }, static (entry, reader) =>
            {
                Assert.DoesNotContain("..", entry.Path.Split('/'));
                if (entry is { Kind: LayerEntryKind.File, Entry.Size: < 1000 })
                {
                    reader.ReadContents(entry, 1000);
                }
            }, CancellationToken.None).GetAwaiter().GetResult(),
            count: 1500,
            flat: 4 << 20);
    }

    private static byte[] PaxLayer()
    {
        using var layer = new MemoryStream();
        using (var tar = new TarWriter(layer, TarEntryFormat.Pax, leaveOpen: true))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, new string('n', 200), [new("uid", "3000000")]) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes("x")) });
            tar.WriteEntry(new GnuTarEntry(TarEntryType.SymbolicLink, new string('g', 300)) { LinkName = new string('l', 300) });
        }

        return layer.ToArray();
    }

    private sealed class MemoryLayer(byte[] tar) : IWritableLayer
    {
        public string Name => "in memory";

        public LayerDescriptor? Descriptor => null;

        public long EstimatedSize => tar.Length;

        public Task<LayerDescriptor> WriteToAsync(Stream destination, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<LayerDescriptor> WriteToAsync(Stream destination, Action<long>? progress, CancellationToken cancellationToken) => throw new NotSupportedException();

        public async Task<OciDigest> WriteTarToAsync(Stream destination, Action<long>? progress, CancellationToken cancellationToken)
        {
            await destination.WriteAsync(tar, cancellationToken);
            return default;
        }
    }
}
