using System.Globalization;
using System.Security.Cryptography;
using Newtonsoft.Json.Linq;
using NixSharp.Core.Tests.Files;
using NixSharp.Files;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Nar;

/// <summary>Trees that a real Nix has dumped, hashed and added.</summary>
public sealed class NarGoldenTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        // Names that are not UTF-8 are beyond what .NET itself can delete.
        foreach (var entry in Directory.EnumerateFileSystemEntries(_folder.Path))
        {
            FileTree.Delete(entry);
        }

        _folder.Dispose();
    }

    [RequiresFact(Requirements.Golden)]
    public async Task Trees_built_on_disk_are_dumped_to_the_same_bytes()
    {
        var built = 0;
        foreach (var tree in GoldenTree.All().Where(static tree => tree.IsComplete))
        {
            using (var writer = new TreeWriter(_folder[tree.Case]))
            {
                tree.WriteBackwards(writer);
            }

            Assert.Equal(ReadNar(tree.Case), await DumpAsync(tree.Case));
            built++;
        }

        Assert.InRange(built, 20, int.MaxValue);
    }

    [RequiresFact(Requirements.Golden)]
    public async Task Of_a_files_mode_only_the_owners_right_to_execute_counts()
    {
        var cases = GoldenTree.All().Where(static tree => tree.Case.StartsWith("mode-", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(cases);
        foreach (var tree in cases)
        {
            var mode = Convert.ToInt32(tree.Case.Split('-')[1], 8);
            File.SetUnixFileMode(_folder.Write(tree.Case, (string)tree.Root["contents"]!), (UnixFileMode)mode);
            Assert.Equal(ReadNar(tree.Case), await DumpAsync(tree.Case));
        }
    }

    [RequiresFact(Requirements.Golden)]
    public async Task Unpacked_trees_are_dumped_to_the_same_bytes()
    {
        foreach (var (name, nar) in All())
        {
            using var stream = new MemoryStream(nar);
            Assert.Equal(nar.Length, await NarArchive.UnpackAsync(stream, _folder[name]));
            Assert.Equal(nar, await DumpAsync(name));
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void What_is_read_is_written_to_the_same_bytes()
    {
        foreach (var (_, nar) in All())
        {
            using var copy = new MemoryStream();
            using (var writer = new NarWriter(copy))
            {
                Assert.Equal(nar.Length, NarReader.Read(new MemoryStream(nar), writer));
            }

            Assert.Equal(nar, copy.ToArray());
        }
    }

    [RequiresFact(Requirements.Golden)]
    public async Task Hashes_and_sizes_are_those_of_Nix()
    {
        foreach (var (name, expected) in Index())
        {
            await NarArchive.UnpackAsync(new MemoryStream(ReadNar(name)), _folder[name]);
            var digest = await NarArchive.DigestAsync(_folder[name]);
            Assert.Equal((string)expected["narSha256Base16"]!, digest.Hash.ToDigestString(HashFormat.Base16));
            Assert.Equal((string)expected["narHashNix32"]!, digest.Hash.ToString(HashFormat.Nix32));
            Assert.Equal((string)expected["narHashSri"]!, digest.Hash.ToString());
            Assert.Equal((long)expected["narSize"]!, digest.Size);
            Assert.Empty(digest.References);
            Assert.Equal((string)expected["nixHashMd5Base16"]!, (await NarArchive.DigestAsync(_folder[name], NixHashAlgorithm.Md5)).Hash.ToDigestString(HashFormat.Base16));
            Assert.Equal((string)expected["nixHashSha1Base32"]!, (await NarArchive.DigestAsync(_folder[name], NixHashAlgorithm.Sha1)).Hash.ToDigestString(HashFormat.Nix32));
        }
    }

    [RequiresFact(Requirements.Golden)]
    public async Task Adding_gives_the_store_paths_of_Nix()
    {
        await using var store = LocalStore.Open(_folder["store"], new StoreOptions { SyncBeforeRegistering = false });
        var added = 0;
        foreach (var (name, expected) in Index())
        {
            await NarArchive.UnpackAsync(new MemoryStream(ReadNar(name)), _folder[name]);
            foreach (var (command, path) in (JObject)expected["storePaths"]!)
            {
                Assert.Equal((string)path!, (await store.AddAsync(_folder[name], name, OptionsOf(command))).ToString());
                added++;
            }
        }

        Assert.InRange(added, 100, int.MaxValue);
    }

    [RequiresFact(Requirements.Golden)]
    public async Task Small_trees_have_the_hashes_of_Nix()
    {
        var vectors = GoldenData.ReadJson("vectors/hashes.json");
        var number = 0;
        foreach (var vector in vectors["narTreeHashes"]!)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"tree-{number++}");
            using (var writer = new TreeWriter(_folder[name]))
            {
                writer.BeginDirectory([]);
                foreach (var (entry, node) in (JObject)vector["tree"]!)
                {
                    Write(writer, System.Text.Encoding.UTF8.GetBytes(entry), (string?)node!["symlink"], (string?)node["contents"], (bool?)node["executable"] ?? false);
                }

                writer.EndDirectory();
            }

            Assert.Equal((string)vector["md5OfNarBase16"]!, (await NarArchive.DigestAsync(_folder[name], NixHashAlgorithm.Md5)).Hash.ToDigestString(HashFormat.Base16));
        }

        foreach (var vector in vectors["narSha256Nix32"]!)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"tree-{number++}");
            using (var writer = new TreeWriter(_folder[name]))
            {
                Write(writer, [], (string?)vector["symlink"], (string?)vector["file"], executable: false);
            }

            Assert.Equal((string)vector["nix32"]!, (await NarArchive.DigestAsync(_folder[name])).Hash.ToDigestString(HashFormat.Nix32));
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Listings_are_those_of_Nix()
    {
        var listed = 0;
        foreach (var (name, nar) in All().Where(static item => File.Exists(GoldenData.PathOf($"generated-nix-2.8.0/nars/{item.Name}.ls"))))
        {
            using var reader = new Newtonsoft.Json.JsonTextReader(File.OpenText(GoldenData.PathOf($"generated-nix-2.8.0/nars/{name}.ls"))) { MaxDepth = 1000 };
            var expected = JObject.Load(reader);
            var actual = NarListing.Read(new MemoryStream(nar));
            Assert.True(JToken.DeepEquals(expected["root"] ?? expected, actual), $"{name}: {actual}\nis not\n{expected}");
            listed++;
        }

        Assert.InRange(listed, 20, int.MaxValue);
    }

    [RequiresFact(Requirements.Golden)]
    public void Malformed_NARs_are_refused()
    {
        var refused = 0;
        foreach (var file in Directory.EnumerateFiles(GoldenData.PathOf("nixos-nix/src/libutil-tests/data/nars"), "*.nar"))
        {
            // The one that is right, beside its twin that is not.
            if (Path.GetFileName(file) == "regular-one-byte-zero-padding.nar")
            {
                Assert.Equal(new FileInfo(file).Length, NarReader.Read(new MemoryStream(File.ReadAllBytes(file)), new TreeRecorder()));
                continue;
            }

            using var stream = File.OpenRead(file);
            var error = Assert.Throws<NixFormatException>(() => NarReader.Read(stream, new TreeRecorder()));
            Assert.Equal(NixErrorCodes.InvalidNar, error.Code);
            Assert.NotNull(error.Offset);
            refused++;
        }

        Assert.InRange(refused, 10, int.MaxValue);
    }

    [RequiresFact(Requirements.Golden)]
    public async Task Malformed_NARs_leave_nothing_where_they_are_unpacked()
    {
        foreach (var file in Directory.EnumerateFiles(GoldenData.PathOf("nixos-nix/src/libutil-tests/data/nars"), "*.nar").Where(static file => !file.Contains("-zero-padding", StringComparison.Ordinal) || file.Contains("non-zero", StringComparison.Ordinal)))
        {
            using var stream = File.OpenRead(file);
            await Assert.ThrowsAsync<NixFormatException>(() => NarArchive.UnpackAsync(stream, _folder["out"]));
            Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Bytes_after_a_NAR_stay_unread()
    {
        foreach (var (_, nar) in All())
        {
            using var stream = new MemoryStream([.. nar, .. "what follows"u8]);
            Assert.Equal(nar.Length, NarReader.Read(stream, new TreeRecorder()));
            Assert.Equal(nar.Length, stream.Position);
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void Every_cut_through_a_NAR_is_refused()
    {
        var nar = ReadNar("nested");
        for (var length = 0; length < nar.Length; length++)
        {
            var error = Assert.Throws<NixFormatException>(() => NarReader.Read(new MemoryStream(nar, 0, length), new TreeRecorder()));
            Assert.Contains("cut off", error.Message, StringComparison.Ordinal);
        }
    }

    private static void Write(TreeWriter writer, byte[] name, string? target, string? contents, bool executable)
    {
        if (target is not null)
        {
            writer.AddSymlink(name, System.Text.Encoding.UTF8.GetBytes(target));
            return;
        }

        var bytes = System.Text.Encoding.UTF8.GetBytes(contents!);
        writer.AddFile(name, executable, bytes.Length, new MemoryStream(bytes));
    }

    private static AddOptions OptionsOf(string command)
    {
        if (command.StartsWith("nix-store --add ", StringComparison.Ordinal))
        {
            return AddOptions.Default;
        }

        var words = command.Split(' ');
        var recursive = words.Contains("--recursive");
        Assert.True(NixHashAlgorithms.TryParse(words[recursive ? 2 : 1], out var algorithm), command);
        return new AddOptions { Method = recursive ? FileIngestionMethod.Recursive : FileIngestionMethod.Flat, Algorithm = algorithm };
    }

    private static IEnumerable<(string Name, JToken Expected)> Index() =>
        GoldenData.ReadJson("generated-nix-2.8.0/nars/index.json").Properties().Select(static property => (property.Name, property.Value));

    private static IEnumerable<(string Name, byte[] Nar)> All() => Index().Select(static item => (item.Name, ReadNar(item.Name)));

    private static byte[] ReadNar(string name) => File.ReadAllBytes(GoldenData.PathOf($"generated-nix-2.8.0/nars/{name}.nar"));

    private async Task<byte[]> DumpAsync(string name)
    {
        using var stream = new MemoryStream();
        await NarArchive.DumpAsync(_folder[name], stream);
        Assert.Equal(SHA256.HashData(stream.ToArray()), (await NarArchive.DigestAsync(_folder[name])).Hash.Digest.ToArray());
        return stream.ToArray();
    }
}
