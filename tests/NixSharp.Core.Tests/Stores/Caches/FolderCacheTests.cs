using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Compression;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores;
using Xunit;

namespace NixSharp.Core.Tests.Stores.Caches;

public sealed class FolderCacheTests : CacheFixture
{
    public static TheoryData<string> Compressions { get; } = [.. NarCompression.All.Select(static compression => compression.Name)];

    [Theory]
    [MemberData(nameof(Compressions))]
    public async Task What_is_added_gets_the_path_of_every_other_store_and_is_read_again(string compression)
    {
        await using var local = OpenStore();
        await using var cache = await OpenCacheAsync($"compression={compression}");
        var tree = MakeTree();
        var path = await local.AddAsync(tree);
        var text = await local.AddTextAsync("text", $"see {path}", [path]);
        Assert.Equal(path, await cache.AddAsync(tree));
        Assert.Equal(text, await cache.AddTextAsync("text", $"see {path}", [path]));
        foreach (var added in (StorePath[])[path, text])
        {
            var (ours, theirs) = (await cache.GetPathInfoAsync(added), await local.GetPathInfoAsync(added));
            Assert.Equal((theirs.NarHash, theirs.NarSize, theirs.ContentAddress), (ours.NarHash, ours.NarSize, ours.ContentAddress));
            Assert.Equal(theirs.References, ours.References);
            Assert.Equal(await ReadNarAsync(local, added), await ReadNarAsync(cache, added));
            var info = (await cache.QueryNarInfoAsync(added))!;
            var file = await File.ReadAllBytesAsync(FileOf(info));
            Assert.Equal((info.FileSize, info.FileHash), (file.Length, NixHash.Compute(NixHashAlgorithm.Sha256, file)));
        }

        Assert.Equal(await local.ListAsync(), await cache.ListAsync());
    }

    [Theory]
    [InlineData(FileIngestionMethod.Flat, NixHashAlgorithm.Sha256)]
    [InlineData(FileIngestionMethod.Flat, NixHashAlgorithm.Sha1)]
    [InlineData(FileIngestionMethod.Recursive, NixHashAlgorithm.Sha512)]
    [InlineData(FileIngestionMethod.Recursive, NixHashAlgorithm.Md5)]
    public async Task Fixed_hashes_of_every_kind_give_the_same_path_and_NAR(FileIngestionMethod method, NixHashAlgorithm algorithm)
    {
        await using var local = OpenStore();
        await using var cache = await OpenCacheAsync();
        var file = Folder.Write("file", "contents");
        var options = new AddOptions { Method = method, Algorithm = algorithm };
        var path = await local.AddAsync(file, options: options);
        Assert.Equal(path, await cache.AddAsync(file, options: options));
        Assert.Equal((await local.GetPathInfoAsync(path)).NarHash, (await cache.GetPathInfoAsync(path)).NarHash);
    }

    [Fact]
    public async Task A_cache_has_Nix_s_layout_and_nothing_else()
    {
        await using var cache = await OpenCacheAsync("compression=xz");
        var path = await cache.AddTextAsync("text", "hello");
        Assert.Equal([$"{path.HashPart}.narinfo", (await cache.QueryNarInfoAsync(path))!.Url, "nix-cache-info"], FilesIn().Order());
        Assert.Equal("StoreDir: /nix/store\n", File.ReadAllText(Folder["cache/nix-cache-info"]));
        Assert.Matches($"^StorePath: {path}\nURL: nar/[0-9a-z]{{52}}\\.nar\\.xz\nCompression: xz\nFileHash: sha256:[0-9a-z]{{52}}\nFileSize: [0-9]+\nNarHash: sha256:[0-9a-z]{{52}}\nNarSize: 120\nReferences: \nCA: text:sha256:[0-9a-z]{{52}}\n$", File.ReadAllText(NarInfoOf(path)));
    }

    [Fact]
    public async Task Opening_and_reading_writes_nothing()
    {
        await using (var cache = await OpenCacheAsync())
        {
            Assert.Null(await cache.QueryPathInfoAsync(Stranger));
            Assert.Empty(await cache.ListAsync());
            Assert.Null(await cache.OpenBuildLogAsync(Stranger));
        }

        Assert.False(Directory.Exists(Folder["cache"]));
    }

    [Fact]
    public async Task Listings_are_written_where_they_are_asked_for()
    {
        await using var cache = await OpenCacheAsync("compression=zstd&write-nar-listing=true");
        var path = await cache.AddAsync(MakeTree());
        var listing = JObject.Parse(File.ReadAllText(Folder[$"cache/{path.HashPart}.ls"]));
        Assert.Equal(1, (int)listing["version"]!);
        Assert.True(JToken.DeepEquals(NarListing.Read(new MemoryStream(await ReadNarAsync(cache, path))), listing["root"]));
    }

    [Fact]
    public async Task Paths_are_signed_with_the_keys_of_the_cache()
    {
        var keys = Enumerable.Range(1, 2).Select(static number => SecretKey.Generate($"test-{number}")).ToList();
        var files = keys.Select(key => Folder.Write(key.Name, key.Export())).ToList();
        await using var cache = await OpenCacheAsync($"secret-key={files[0]}&secret-keys={files[1]}");
        await using var local = OpenStore();
        var path = await local.AddAsync(MakeTree());
        var info = (await local.GetPathInfoAsync(path)) with { ContentAddress = null, Signatures = ["other-1:" + Convert.ToBase64String(new byte[64])] };
        await cache.AddNarAsync(info, new MemoryStream(await ReadNarAsync(local, path)));
        var signed = await cache.GetPathInfoAsync(path);
        Assert.Equal(3, signed.Signatures.Count);
        Assert.Equal(2, new TrustedKeys(keys.Select(static key => key.ToPublicKey())).Verify(signed).Count);
    }

    [Fact]
    public async Task Signatures_are_added_once()
    {
        await using var cache = await OpenCacheAsync();
        var path = await cache.AddTextAsync("text", "hello");
        var signature = SecretKey.Generate("a-1").Sign(await cache.GetPathInfoAsync(path)).ToString();
        await cache.AddSignaturesAsync(path, [signature]);
        await cache.AddSignaturesAsync(path, [signature]);
        await using var again = await OpenCacheAsync();
        Assert.Equal([signature], (await again.GetPathInfoAsync(path)).Signatures);
    }

    [Fact]
    public async Task A_path_needs_what_it_refers_to()
    {
        await using var cache = await OpenCacheAsync();
        var error = await Assert.ThrowsAsync<NixStoreException>(() => cache.AddTextAsync("text", "hello", [Stranger]));
        Assert.Equal(NixErrorCodes.PathNotValid, error.Code);
        Assert.Contains(Stranger.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Empty(await cache.ListAsync());
    }

    [Fact]
    public async Task A_closure_is_added_at_once_each_path_after_what_it_refers_to()
    {
        await using var local = OpenStore();
        await using var cache = await OpenCacheAsync("compression=zstd");
        var paths = new List<StorePath>();
        for (var number = 0; number < 30; number++)
        {
            paths.Add(await local.AddTextAsync($"text-{number}", $"{number}", [.. paths.TakeLast(3)]));
        }

        var infos = await Task.WhenAll(paths.Select(path => local.GetPathInfoAsync(path)));
        await cache.AddNarsAsync([.. infos.Select(info => NarSource.From(local, info))]);
        Assert.Equal(paths.Order(), await cache.ListAsync());

        // Times are too coarse to show an order; that the reverse is refused shows that it is looked at.
        await using var other = await OpenCacheAsync(name: "other");
        await Assert.ThrowsAsync<NixStoreException>(() => other.AddNarsAsync([.. infos.Reverse().Select(info => NarSource.From(local, info))]));
    }

    [Fact]
    public async Task What_is_there_is_not_written_again()
    {
        await using var cache = await OpenCacheAsync();
        var path = await cache.AddTextAsync("text", "hello");
        var info = await cache.GetPathInfoAsync(path);
        var called = false;
        await cache.AddNarsAsync([new NarSource(info, (_, _) => Task.FromResult(called = true))]);
        Assert.False(called);
    }

    [Fact]
    public async Task A_NAR_that_was_cut_short_by_a_crash_is_written_again()
    {
        await using var local = OpenStore();
        StorePath path;
        NarInfo info;
        await using (var cache = await OpenCacheAsync())
        {
            path = await cache.AddTextAsync("text", "hello");
            info = (await cache.QueryNarInfoAsync(path))!;
        }

        await File.WriteAllBytesAsync(NarInfoOf(path), []);
        await File.WriteAllBytesAsync(FileOf(info), []);
        await using var after = await OpenCacheAsync();
        Assert.Null(await after.QueryPathInfoAsync(path));
        Assert.Equal(path, await after.AddTextAsync("text", "hello"));
        Assert.Equal(info.PathInfo.NarSize, (await ReadNarAsync(after, path)).Length);
    }

    [Fact]
    public async Task A_damaged_NAR_is_repaired_where_that_is_asked_for()
    {
        await using var cache = await OpenCacheAsync();
        var path = await cache.AddTextAsync("text", "hello");
        var info = (await cache.QueryNarInfoAsync(path))!;
        var nar = await ReadNarAsync(cache, path);
        await File.WriteAllTextAsync(FileOf(info), "damaged");
        await Assert.ThrowsAsync<NixStoreException>(() => ReadNarAsync(cache, path));
        await cache.AddNarAsync(info.PathInfo, new MemoryStream(nar), new AddNarOptions { Repair = true });
        Assert.Equal(nar, await ReadNarAsync(cache, path));
    }

    [Fact]
    public async Task Leftovers_of_killed_processes_go_away_after_a_day()
    {
        Folder.Write("cache/.tmp/new", "");
        File.SetLastWriteTimeUtc(Folder.Write("cache/.tmp/old", ""), DateTime.UtcNow.AddDays(-2));
        await using var cache = await OpenCacheAsync();
        await cache.AddTextAsync("text", "hello");
        Assert.Equal(["new"], Directory.EnumerateFiles(Folder["cache/.tmp"]).Select(static file => Path.GetFileName(file)));
    }

    [Fact]
    public async Task Logs_and_realisations_are_kept()
    {
        await using var cache = await OpenCacheAsync();
        var path = await cache.AddTextAsync("text", "hello");
        var derivation = StorePath.ParseBaseName($"{new string('d', 32)}-text.drv");
        await cache.AddBuildLogAsync(derivation, new MemoryStream("line\n"u8.ToArray()));
        var realisation = new Realisation { Id = new DerivationOutputId(NixHash.Compute(NixHashAlgorithm.Sha256, "x"u8), "out"), OutputPath = path };
        await cache.AddRealisationAsync(realisation);

        await using var again = await OpenCacheAsync();
        await using var log = await again.OpenBuildLogAsync(derivation);
        Assert.Equal("line\n", await new StreamReader(log!, Encoding.UTF8).ReadToEndAsync());
        Assert.Equal(path, (await again.QueryRealisationAsync(realisation.Id))!.OutputPath);
        Assert.Null(await again.QueryRealisationAsync(realisation.Id with { OutputName = "dev" }));
        Assert.Null(await again.OpenBuildLogAsync(Stranger));
        await Assert.ThrowsAsync<NixStoreException>(() => again.AddRealisationAsync(realisation with { OutputPath = Stranger }));
    }

    [Fact]
    public async Task A_cache_of_another_store_directory_is_refused_unless_it_is_asked_for()
    {
        await using (var cache = await OpenCacheAsync("store=/opt/store"))
        {
            await cache.AddTextAsync("text", "hello");
        }

        var error = await Assert.ThrowsAsync<NixStoreException>(() => OpenCacheAsync());
        Assert.Equal(NixErrorCodes.NotABinaryCache, error.Code);
        Assert.Contains("store=/opt/store", error.Message, StringComparison.Ordinal);
        await using var again = await OpenCacheAsync("store=/opt/store");
        Assert.Single(await again.ListAsync());
    }

    [Fact]
    public async Task Parameters_and_the_cache_s_own_word_are_told()
    {
        Folder.Write("cache/nix-cache-info", "StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 30\n");
        await using var plain = await OpenCacheAsync();
        Assert.Equal((30, true, false), (plain.Priority, plain.WantMassQuery, plain.IsTrusted));
        await using var told = await OpenCacheAsync("priority=10&want-mass-query=false&trusted=true");
        Assert.Equal((10, false, true), (told.Priority, told.WantMassQuery, told.IsTrusted));
    }

    [Theory]
    [InlineData("compression=lzma2")]
    [InlineData("compression=xz&compression-level=99")]
    [InlineData("compression-level=much")]
    [InlineData("write-nar-listing=maybe")]
    public async Task Parameters_that_make_no_sense_are_refused(string parameters)
    {
        await Assert.ThrowsAnyAsync<NixException>(async () =>
        {
            await using var cache = await OpenCacheAsync(parameters);
            await cache.AddTextAsync("text", "hello");
        });
        Assert.False(File.Exists(Folder["cache/nar"]));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_named()
    {
        Folder.Write("cache/nar", "a file");
        await using var cache = await OpenCacheAsync();
        var error = await Assert.ThrowsAsync<NixStoreException>(() => cache.AddTextAsync("text", "hello"));
        Assert.Contains(Folder["cache"], error.Message, StringComparison.Ordinal);
    }
}
