using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Core.Tests.Stores;
using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.Json;
using NixSharp.Nar;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Files;

public sealed class GitTreeHasherTests : StoreFixture
{
    private const string Data = "nixos-nix/src/libutil-tests/data";

    [RequiresTheory(Requirements.Golden)]
    [InlineData(NixHashAlgorithm.Sha1, "tree-sha1")]
    [InlineData(NixHashAlgorithm.Sha256, "tree-sha256")]
    public void Blobs_and_trees_have_the_hashes_of_Git(NixHashAlgorithm algorithm, string tree)
    {
        var contents = File.ReadAllBytes(GoldenData.PathOf($"{Data}/git/hello-world.bin"));
        var blob = File.ReadAllBytes(GoldenData.PathOf($"{Data}/git/hello-world-blob.bin"));
        Assert.Equal(NixHash.Compute(algorithm, blob), Hash(algorithm, sink => sink.AddFile([], false, contents.Length, new MemoryStream(contents))));
        var expected = NixHash.Compute(algorithm, File.ReadAllBytes(GoldenData.PathOf($"{Data}/git/{tree}.bin")));
        Assert.Equal(expected, Hash(algorithm, sink =>
        {
            sink.BeginDirectory([]);
            sink.AddFile("Foo"u8, false, contents.Length, new MemoryStream(contents));
            sink.AddFile("bAr"u8, true, contents.Length, new MemoryStream(contents));
            sink.BeginDirectory("baZ"u8);
            sink.EndDirectory();
            sink.AddSymlink("quuX"u8, contents);
            sink.EndDirectory();
        }));
    }

    [Fact]
    public void Folders_are_sorted_as_if_their_names_ended_in_a_slash()
    {
        // What 'git write-tree' gives for a/x, a-b, a.b and a0, each of them empty.
        var expected = NixHash.Parse("a15d226b4127d7ba6ba528d2ed9eebc1261e92ef", NixHashAlgorithm.Sha1);
        Assert.Equal(expected, Hash(NixHashAlgorithm.Sha1, static sink =>
        {
            sink.BeginDirectory([]);
            sink.BeginDirectory("a"u8);
            sink.AddFile("x"u8, false, 0, Stream.Null);
            sink.EndDirectory();
            sink.AddFile("a-b"u8, false, 0, Stream.Null);
            sink.AddFile("a.b"u8, false, 0, Stream.Null);
            sink.AddFile("a0"u8, false, 0, Stream.Null);
            sink.EndDirectory();
        }));
    }

    [RequiresFact(Requirements.Golden)]
    public void Trees_in_memory_have_the_listing_that_Nix_gives_them()
    {
        using var nar = new MemoryStream();
        using (var writer = new NarWriter(nar))
        {
            Write([], (JObject)JsonText.Parse(File.ReadAllText(GoldenData.PathOf($"{Data}/memory-source-accessor/complex.json"))), writer);
        }

        nar.Position = 0;
        var index = NarIndex.Read(nar);
        using (var file = new StreamReader(index.OpenFile(nar, "bar/baz")))
        {
            Assert.Equal("good day,\n\0\n\tworld!", file.ReadToEnd());
        }

        var listing = NarListing.Write(index.Root, NarListingFormat.Nix235);
        foreach (var offset in listing.Descendants().OfType<JProperty>().Where(static property => property.Name == "narOffset").ToList())
        {
            offset.Remove();
        }

        Assert.Equal(File.ReadAllText(GoldenData.PathOf($"{Data}/nar-listing/deep.json")), JsonText.Format(listing));
    }

    [Fact]
    public async Task A_folder_is_added_under_its_hash_and_checked_when_it_comes_as_a_NAR()
    {
        var tree = MakeTree();
        var options = new AddOptions { Method = FileIngestionMethod.Git, Algorithm = NixHashAlgorithm.Sha1 };
        await using var store = OpenStore();
        var path = await store.AddAsync(tree, options: options);
        var info = (await store.QueryPathInfoAsync(path))!;
        var address = info.ContentAddress!.Value;
        Assert.Equal(ContentAddressMethod.Git, address.AddressMethod);
        Assert.Equal(Hash(NixHashAlgorithm.Sha1, sink => FileTree.Read(tree, sink)), address.Hash);
        Assert.Equal(StorePath.FromContentAddress("tree", address), path);

        using var nar = new MemoryStream();
        await store.ReadNarAsync(path, nar);
        await using var other = OpenStore("other");
        nar.Position = 0;
        await other.AddNarAsync(info, nar, new AddNarOptions { CheckSignatures = false });
        var wrong = info with { Path = Stranger, ContentAddress = ContentAddress.Fixed(FileIngestionMethod.Git, NixHash.Compute(NixHashAlgorithm.Sha1, "x"u8)) };
        nar.Position = 0;
        await Assert.ThrowsAsync<NixStoreException>(() => other.AddNarAsync(wrong, nar, new AddNarOptions { CheckSignatures = false }));
        Assert.Equal([path], await other.ListAsync());
    }

    [Fact]
    public async Task A_program_has_no_such_address_because_its_hash_does_not_tell_it_from_text()
    {
        MakeTree();
        var options = new AddOptions { Method = FileIngestionMethod.Git };
        await using var store = OpenStore();
        Assert.Equal(NixErrorCodes.UnsupportedFileType, (await Assert.ThrowsAsync<NixFormatException>(() => store.AddAsync(Folder["tree/bin/run"], options: options))).Code);
        Assert.Equal("plain", (await store.AddAsync(Folder["tree/plain"], options: options)).Name);
        Assert.Equal(
            NixErrorCodes.InvalidContentAddress,
            (await Assert.ThrowsAsync<NixFormatException>(() => store.AddAsync(Folder["tree"], options: options with { Algorithm = NixHashAlgorithm.Md5 }))).Code);
    }

    private static NixHash Hash(NixHashAlgorithm algorithm, Action<IFileTreeSink> write)
    {
        var hasher = new GitTreeHasher(algorithm);
        write(hasher);
        return hasher.Hash;
    }

    private static void Write(byte[] name, JObject node, NarWriter writer)
    {
        switch ((string)node["type"]!)
        {
            case "directory":
                writer.BeginDirectory(name);
                foreach (var (child, inner) in (JObject)node["entries"]!)
                {
                    Write(Encoding.UTF8.GetBytes(child), (JObject)inner!, writer);
                }

                writer.EndDirectory();
                break;
            case "symlink":
                writer.AddSymlink(name, Encoding.UTF8.GetBytes((string)node["target"]!));
                break;
            default:
                var contents = Encoding.UTF8.GetBytes((string)node["contents"]!);
                writer.AddFile(name, (bool)node["executable"]!, contents.Length, new MemoryStream(contents));
                break;
        }
    }
}
