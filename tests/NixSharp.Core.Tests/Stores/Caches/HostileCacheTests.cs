using NixSharp.Compression;
using NixSharp.Hashing;
using NixSharp.Native;
using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Caches;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Stores.Caches;

public sealed class HostileCacheTests : CacheFixture
{
    private static readonly NixHash OtherHash = NixHash.Compute(NixHashAlgorithm.Sha256, "other"u8);

    public static TheoryData<string> Compressions => FolderCacheTests.Compressions;

    [Theory]
    [MemberData(nameof(Compressions))]
    public async Task A_flipped_byte_is_found_whatever_the_compression(string compression)
    {
        var path = await MakeChangedAsync(static info => info, $"compression={compression}");
        await using var cache = await OpenCacheAsync();
        var file = FileOf((await cache.QueryNarInfoAsync(path))!);
        var bytes = await File.ReadAllBytesAsync(file);
        foreach (var at in (int[])[0, bytes.Length / 2, bytes.Length - 1])
        {
            bytes[at] ^= 0x10;
            await File.WriteAllBytesAsync(file, bytes);
            await AssertRefusedAsync(path, NixErrorCodes.NarMismatch);
            bytes[at] ^= 0x10;
        }

        await File.WriteAllBytesAsync(file, bytes[..^1]);
        await AssertRefusedAsync(path, NixErrorCodes.NarMismatch);
        await File.WriteAllBytesAsync(file, [.. bytes, 0]);
        await AssertRefusedAsync(path, NixErrorCodes.NarMismatch);
        await File.WriteAllBytesAsync(file, bytes);
        await ReadNarAsync(await OpenCacheAsync(), path);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("zstd")]
    public async Task Lies_about_hash_and_size_are_found_out(string compression)
    {
        foreach (var lie in (Func<NarInfo, NarInfo>[])
        [
            static info => info with { PathInfo = info.PathInfo with { NarHash = OtherHash } },
            static info => info with { PathInfo = info.PathInfo with { NarSize = info.PathInfo.NarSize + 1 } },
            static info => info with { PathInfo = info.PathInfo with { NarSize = info.PathInfo.NarSize - 1 } },
            static info => info with { PathInfo = info.PathInfo with { NarSize = 1 } },
            static info => info with { FileHash = OtherHash },
            static info => info with { FileSize = info.FileSize + 1 },
            static info => info with { FileSize = 1 },
        ])
        {
            await AssertRefusedAsync(await MakeChangedAsync(lie, $"compression={compression}"), NixErrorCodes.NarMismatch);
            Directory.Delete(Folder["cache"], recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Compressions))]
    public async Task A_bomb_is_cut_off_at_the_size_that_was_announced(string compression)
    {
        var path = await MakeChangedAsync(info => info with { Compression = compression, FileHash = null, FileSize = null });
        await using (var cache = await OpenCacheAsync())
        {
            // 8 MB of zeros, a few kilobytes of file.
            await using var file = File.Create(FileOf((await cache.QueryNarInfoAsync(path))!));
            await using var stream = NarCompression.Parse(compression).OpenWrite(file);
            var zeros = new byte[1024 * 1024];
            for (var megabyte = 0; megabyte < 8; megabyte++)
            {
                await stream.WriteAsync(zeros);
            }
        }

        await using var reading = await OpenCacheAsync();
        using var counted = new MemoryStream();
        var error = await Assert.ThrowsAsync<NixStoreException>(() => reading.ReadNarAsync(path, counted));
        Assert.Equal(NixErrorCodes.NarMismatch, error.Code);
        Assert.InRange(counted.Length, 0, 128 * 1024);
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("nar/../../secret")]
    [InlineData("/etc/hostname")]
    [InlineData("nar//x")]
    [InlineData("./secret")]
    [InlineData("nar/\u0001")]
    public async Task A_NAR_outside_of_the_cache_is_not_touched(string url)
    {
        Folder.Write("secret", "secret");
        await AssertRefusedAsync(await MakeChangedAsync(info => info with { Url = url }), NixErrorCodes.CacheFileRefused);
    }

    [Fact]
    public async Task Symlinks_are_not_followed()
    {
        var secret = Folder.Write("secret/nar", "secret");
        File.CreateSymbolicLink(Folder["link"], secret);
        var path = await MakeChangedAsync(static info => info with { Url = "link" });
        File.CreateSymbolicLink(Folder["cache/link"], secret);
        await AssertRefusedAsync(path, NixErrorCodes.CacheFileRefused);

        await MakeChangedAsync(static info => info with { Url = "folder/nar" });
        Directory.CreateSymbolicLink(Folder["cache/folder"], Folder["secret"]);
        await AssertRefusedAsync(path, NixErrorCodes.CacheFileRefused);

        Directory.Delete(Folder["cache/nar"], recursive: true);
        Directory.CreateSymbolicLink(Folder["cache/nar"], Folder["secret"]);
        await using var cache = await OpenCacheAsync();
        await Assert.ThrowsAsync<NixStoreException>(() => cache.AddTextAsync("other", "hello"));
        Assert.Equal(["nar"], Directory.EnumerateFiles(Folder["secret"]).Select(static file => Path.GetFileName(file)));
    }

    [RequiresFact("mkfifo")]
    public async Task Pipes_and_folders_do_not_stop_a_reader()
    {
        await using var cache = await OpenCacheAsync();
        var first = await cache.AddTextAsync("first", "hello");
        await CommandLine.RunAsync("mkfifo", NarInfoOf(Stranger));
        Assert.Equal(NixErrorCodes.CacheFileRefused, (await Assert.ThrowsAsync<NixStoreException>(() => cache.QueryPathInfoAsync(Stranger))).Code);
        File.Delete(NarInfoOf(first));
        Directory.CreateDirectory(NarInfoOf(first));
        await using var again = await OpenCacheAsync();
        Assert.Equal(NixErrorCodes.CacheFileRefused, (await Assert.ThrowsAsync<NixStoreException>(() => again.QueryPathInfoAsync(first))).Code);
    }

    [Fact]
    public async Task A_narinfo_without_end_is_not_read_to_its_end()
    {
        await using var cache = await OpenCacheAsync();
        await cache.AddTextAsync("text", "hello");
        await using (var file = File.Create(NarInfoOf(Stranger)))
        {
            file.SetLength(1L << 40);
        }

        var error = await Assert.ThrowsAsync<NixStoreException>(() => cache.QueryPathInfoAsync(Stranger));
        Assert.Equal(NixErrorCodes.CacheFileDamaged, error.Code);
    }

    [Fact]
    public async Task A_narinfo_of_another_path_is_refused()
    {
        await using var cache = await OpenCacheAsync();
        var path = await cache.AddTextAsync("text", "hello");
        File.Copy(NarInfoOf(path), NarInfoOf(Stranger));
        var error = await Assert.ThrowsAsync<NixStoreException>(() => cache.QueryPathInfoAsync(Stranger));
        Assert.Equal(NixErrorCodes.CacheFileDamaged, error.Code);
        Assert.Contains(path.ToString(), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_of_the_same_hash_part_and_another_name_is_not_there()
    {
        await using var cache = await OpenCacheAsync();
        var path = await cache.AddTextAsync("text", "hello");
        Assert.Null(await cache.QueryPathInfoAsync(StorePath.ParseBaseName($"{path.HashPart}-other")));
    }

    [Fact]
    public async Task A_NAR_that_is_gone_is_named()
    {
        var path = await MakeChangedAsync(static info => info with { Url = "nar/gone.nar" });
        await AssertRefusedAsync(path, NixErrorCodes.CacheFileDamaged);
    }

    [Fact]
    public async Task A_compression_that_is_not_known_is_named()
    {
        var path = await MakeChangedAsync(static info => info with { Compression = "rar" });
        Assert.Contains("rar", await AssertRefusedAsync(path, NixErrorCodes.CacheFileDamaged), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_left_of_a_NAR_that_is_not_the_one_announced()
    {
        await using var cache = await OpenCacheAsync("compression=zstd&write-nar-listing=true");
        var kept = await cache.AddTextAsync("kept", "hello");
        var before = FilesIn().ToList();
        var nar = await ReadNarAsync(cache, kept);
        var info = (await cache.GetPathInfoAsync(kept)) with { Path = Stranger, ContentAddress = null };
        foreach (var (lie, bytes) in ((PathInfo, byte[])[])
        [
            (info with { NarHash = OtherHash }, nar),
            (info with { NarSize = nar.Length + 1 }, nar),
            (info with { NarSize = nar.Length - 1 }, nar),
            (info, nar[..^1]),
            (info, [.. nar, 0]),
        ])
        {
            var error = await Assert.ThrowsAsync<NixStoreException>(() => cache.AddNarAsync(lie, new MemoryStream(bytes)));
            Assert.Equal(NixErrorCodes.NarMismatch, error.Code);
        }

        var noNar = "this is no NAR, but its hash and size are as they were said to be"u8.ToArray();
        await Assert.ThrowsAsync<NixFormatException>(() => cache.AddNarAsync(
            info with { NarSize = noNar.Length, NarHash = NixHash.Compute(NixHashAlgorithm.Sha256, noNar) },
            new MemoryStream(noNar)));
        Assert.Equal(before, FilesIn());
    }

    [Fact]
    public async Task Nothing_is_left_of_what_was_cancelled()
    {
        await using var cache = await OpenCacheAsync("compression=xz&write-nar-listing=true");
        var kept = await cache.AddTextAsync("kept", "hello");
        var before = FilesIn().ToList();
        using var cancel = new CancellationTokenSource();
        var info = (await cache.GetPathInfoAsync(kept)) with { Path = Stranger, ContentAddress = null, NarSize = long.MaxValue };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cache.AddNarsAsync(
            [new NarSource(info, async (upload, token) =>
            {
                for (var block = new byte[100_000]; ; await upload.WriteAsync(block, token))
                {
                    if (block[0]++ == 3)
                    {
                        await cancel.CancelAsync();
                    }
                }
            })],
            cancellationToken: cancel.Token));
        Assert.Equal(before, FilesIn());
    }

    [Fact]
    public void The_same_rules_hold_where_there_are_no_descriptors()
    {
        Assert.True(LibC.IsAvailable);
        Folder.Write("root/nar/plain", "plain");
        File.CreateSymbolicLink(Folder["root/link"], Folder.Write("secret/x", "secret"));
        Directory.CreateSymbolicLink(Folder["root/folder"], Folder["secret"]);
        using var folder = new ManagedCacheFolder(Folder["root"]);
        using (var plain = folder.Open("nar/plain"))
        {
            Assert.Equal(5, plain!.Length);
        }

        Assert.Null(folder.Open("nar/missing"));
        Assert.Null(folder.SizeOf("missing/missing"));
        Assert.Throws<NixStoreException>(() => folder.Open("link"));
        Assert.Throws<NixStoreException>(() => folder.Open("folder/x"));
        Assert.Throws<NixStoreException>(() => folder.Open("nar"));
        var (staged, stream) = folder.Stage();
        stream.Dispose();
        Assert.Throws<NixStoreException>(() => folder.Place(staged, "folder/y"));
        folder.Place(staged, "log/new");
        Assert.Equal(0, folder.SizeOf("log/new"));
        (staged, stream) = folder.Stage();
        stream.Dispose();
        folder.Discard(staged);
        Assert.Empty(Directory.EnumerateFiles(Folder["root/.tmp"]));
    }

    private async Task<string> AssertRefusedAsync(StorePath path, string code)
    {
        await using var cache = await OpenCacheAsync();
        var error = await Assert.ThrowsAsync<NixStoreException>(() => ReadNarAsync(cache, path));
        Assert.True(error.Code == code, $"{error.Code}: {error.Message}");
        return error.Message;
    }
}
