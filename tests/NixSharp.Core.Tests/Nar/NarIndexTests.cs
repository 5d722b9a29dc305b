using System.Text;
using Newtonsoft.Json;
using NixSharp.Core.Tests.Files;
using NixSharp.Derivations;
using NixSharp.Files;
using NixSharp.Json;
using NixSharp.Nar;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Nar;

public sealed class NarIndexTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(_folder.Path))
        {
            FileTree.Delete(entry);
        }

        _folder.Dispose();
    }

    [RequiresFact(Requirements.Golden)]
    public void Listings_that_Nix_2_8_made_are_read_and_written_to_the_byte()
    {
        var files = Directory.GetFiles(GoldenData.PathOf("generated-nix-2.8.0/nars"), "*.ls")
            .Concat(Directory.GetFiles(GoldenData.PathOf("generated-nix-2.8.0"), "*.ls", SearchOption.AllDirectories).Where(static file => !file.EndsWith(".ls.br", StringComparison.Ordinal) && IsJson(file)))
            .ToList();
        Assert.InRange(files.Count, 30, int.MaxValue);
        foreach (var file in files)
        {
            var text = ByteText.FromBytes(File.ReadAllBytes(file)).TrimEnd('\n');
            var index = NarListing.Parse(new StringReader(text));
            var json = text.StartsWith("{\"version\"", StringComparison.Ordinal) ? NarListing.WriteFile(index) : NarListing.Write(index.Root);
            Assert.Equal(text, json.ToString(Formatting.None));
        }
    }

    [RequiresTheory(Requirements.Golden)]
    [InlineData("nixos-nix/src/libutil-tests/data/nar-listing/deep.json", NarListingFormat.Nix235)]
    [InlineData("nixos-nix/src/libutil-tests/data/nar-listing/shallow.json", NarListingFormat.Nix235)]
    [InlineData("nixos-nix-old/2.34.0/libutil/nar-listing/deep.json", NarListingFormat.Nix215)]
    public void Listings_of_Nix_own_tests_are_read_and_written_to_the_byte(string file, NarListingFormat format)
    {
        var text = File.ReadAllText(GoldenData.PathOf(file));
        Assert.Equal(text, JsonText.Format(NarListing.Write(NarListing.Parse(new StringReader(text)).Root, format)));
    }

    [RequiresFact(Requirements.Golden)]
    public void An_index_is_the_same_from_the_NAR_and_from_its_listing_and_finds_every_file()
    {
        foreach (var file in Directory.GetFiles(GoldenData.PathOf("generated-nix-2.8.0/nars"), "*.nar"))
        {
            using var nar = new MemoryStream(File.ReadAllBytes(file));
            var index = NarIndex.Read(nar);
            Assert.Equal(nar.Length, index.NarSize);
            var listed = NarListing.Parse(new StringReader(NarListing.WriteFile(index).ToString(Formatting.None)));
            var (expected, actual) = (new TreeRecorder(), new TreeRecorder());
            nar.Position = 0;
            NarReader.Read(nar, expected);
            listed.CopyTo(nar, "", actual);
            Assert.Equal(expected.Lines, actual.Lines);
        }
    }

    [Fact]
    public async Task One_file_is_opened_and_one_folder_is_unpacked_without_the_rest()
    {
        var big = new byte[300_000];
        Random.Shared.NextBytes(big);
        using var nar = new Watched(MakeNar(sink =>
        {
            sink.BeginDirectory([]);
            sink.AddFile("big"u8, false, big.Length, new MemoryStream(big));
            sink.BeginDirectory("folder"u8);
            sink.AddFile("run"u8, true, 3, new MemoryStream("abc"u8.ToArray()));
            sink.AddSymlink("to"u8, "run"u8);
            sink.EndDirectory();
            sink.AddFile("late"u8, false, big.Length, new MemoryStream(big));
            sink.EndDirectory();
        }));
        var index = NarIndex.Read(nar);
        Assert.InRange(nar.BytesRead, 1, 10_000);
        nar.BytesRead = 0;
        using (var file = new StreamReader(index.OpenFile(nar, "folder/run")))
        {
            Assert.Equal("abc", await file.ReadToEndAsync());
        }

        Assert.InRange(nar.BytesRead, 1, 100);
        await index.UnpackAsync(nar, "folder", _folder["out"]);
        Assert.Equal("abc", await File.ReadAllTextAsync(_folder["out/run"]));
        Assert.True(File.GetUnixFileMode(_folder["out/run"]).HasFlag(UnixFileMode.UserExecute));
        Assert.Equal("run", new FileInfo(_folder["out/to"]).LinkTarget);
        using var copy = new MemoryStream();
        await index.OpenFile(nar, "late").CopyToAsync(copy);
        Assert.Equal(big, copy.ToArray());
        await Assert.ThrowsAsync<NixFileException>(() => index.UnpackAsync(nar, "folder", _folder["out"]));
    }

    [Theory]
    [InlineData("missing", NixErrorCodes.NarEntryNotFound)]
    [InlineData("folder", NixErrorCodes.NarEntryNotFound)]
    [InlineData("folder/file/x", NixErrorCodes.NarEntryNotFound)]
    [InlineData("folder/../folder/file", NixErrorCodes.NarEntryNotFound)]
    public void What_is_not_there_is_named(string path, string code)
    {
        using var nar = MakeSmall();
        Assert.Equal(code, Assert.Throws<NixFormatException>(() => NarIndex.Read(nar).OpenFile(nar, path)).Code);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(-5)]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public void A_listing_that_lies_is_found_out(long offset)
    {
        using var nar = MakeSmall();
        var json = NarListing.Read(nar);
        json["entries"]!["folder"]!["entries"]!["file"]!["narOffset"] = offset;
        Assert.Contains(
            Assert.Throws<NixFormatException>(() => NarListing.Parse(json).OpenFile(nar, "folder/file")).Code,
            (string[])[NixErrorCodes.InvalidNarListing, NixErrorCodes.InvalidJson]);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"type\":\"regular\"}")]
    [InlineData("{\"type\":\"regular\",\"size\":-1}")]
    [InlineData("{\"type\":\"fifo\"}")]
    [InlineData("{\"type\":\"symlink\"}")]
    [InlineData("{\"type\":\"directory\"}")]
    [InlineData("{\"type\":\"directory\",\"entries\":{\"..\":{}}}")]
    [InlineData("{\"type\":\"directory\",\"entries\":{\"a/b\":{}}}")]
    [InlineData("{\"type\":\"directory\",\"entries\":{\"\":{}}}")]
    [InlineData("{\"type\":\"directory\",\"entries\":{\"a\":{},\"a\":{}}}")]
    [InlineData("{\"version\":2,\"root\":{}}")]
    [InlineData("{\"root\":{}}")]
    public void What_is_no_listing_is_refused(string text) =>
        Assert.StartsWith("NIXS10", Assert.Throws<NixFormatException>(() => NarListing.Parse(new StringReader(text))).Code, StringComparison.Ordinal);

    [Fact]
    public void Names_that_are_not_text_are_found()
    {
        byte[] name = [0xc5, 0x41, 0xff];
        using var nar = MakeNar(sink =>
        {
            sink.BeginDirectory([]);
            sink.AddFile(name, false, 1, new MemoryStream([7]));
            sink.EndDirectory();
        });
        Assert.Equal(7, NarIndex.Read(nar).OpenFile(nar, ByteText.FromBytes(name)).ReadByte());
    }

    [Theory]
    [InlineData("Makefile", "makefile")]
    [InlineData("\u00c4", "\u00e4")]
    public async Task Names_that_differ_only_in_case_are_refused_where_that_is_asked_for(string first, string second)
    {
        using var nar = MakeNar(sink =>
        {
            sink.BeginDirectory([]);
            foreach (var name in new[] { first, second }.Order(ByteText.Comparer))
            {
                sink.AddFile(Encoding.UTF8.GetBytes(name), false, 0, new MemoryStream());
            }

            sink.EndDirectory();
        });
        var error = await Assert.ThrowsAsync<NixFormatException>(() => NarArchive.UnpackAsync(nar, _folder["out"], refuseCaseCollisions: true));
        Assert.Equal(NixErrorCodes.CaseCollision, error.Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
        nar.Position = 0;
        await NarArchive.UnpackAsync(nar, _folder["out"], refuseCaseCollisions: false);
        Assert.Equal(2, Directory.GetFiles(_folder["out"]).Length);
    }

    private static bool IsJson(string file)
    {
        using var stream = File.OpenRead(file);
        return stream.ReadByte() == '{';
    }

    private static MemoryStream MakeSmall() => MakeNar(static sink =>
    {
        sink.BeginDirectory([]);
        sink.BeginDirectory("folder"u8);
        sink.AddFile("file"u8, false, 200, new MemoryStream(new byte[200]));
        sink.EndDirectory();
        sink.EndDirectory();
    });

    private static MemoryStream MakeNar(Action<IFileTreeSink> write)
    {
        var nar = new MemoryStream();
        using (var writer = new NarWriter(nar))
        {
            write(writer);
        }

        nar.Position = 0;
        return nar;
    }

    private sealed class Watched(MemoryStream inner) : MemoryStream(inner.ToArray())
    {
        public long BytesRead { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = base.Read(buffer, offset, count);
            BytesRead += read;
            return read;
        }
    }
}
