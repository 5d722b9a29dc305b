using NixSharp.StorePaths;
using NixSharp.Stores;
using Xunit;

namespace NixSharp.Core.Tests.Stores.Caches;

public sealed class CacheVerifyTests : CacheFixture
{
    [Fact]
    public async Task A_sound_cache_is_sound()
    {
        await using var cache = await OpenCacheAsync("compression=zstd");
        await FillAsync(cache);
        var result = await cache.VerifyAsync(new VerifyOptions { CheckContents = true });
        Assert.Equal((3, true), (result.PathsChecked, result.IsSound));
    }

    [Fact]
    public async Task Every_kind_of_damage_is_found()
    {
        StorePath[] paths;
        await using (var cache = await OpenCacheAsync())
        {
            paths = await FillAsync(cache);
            File.Delete(FileOf((await cache.QueryNarInfoAsync(paths[1]))!));
        }

        File.Delete(NarInfoOf(paths[0]));
        File.WriteAllText(NarInfoOf(Stranger), "no narinfo");
        await using var damaged = await OpenCacheAsync();
        var result = await damaged.VerifyAsync();
        Assert.Equal(3, result.PathsChecked);
        Assert.Equal([null, .. ((StorePath?[])[paths[1], paths[2]]).Order()], result.Problems.Select(static problem => problem.Path));
        Assert.Contains(result.Problems, problem => problem.Path == paths[1] && problem.Description.Contains("missing", StringComparison.Ordinal));
        Assert.Contains(result.Problems, problem => problem.Path == paths[2] && problem.Description.Contains(paths[0].ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_changed_NAR_is_found_when_contents_are_checked_and_repaired_from_another_store()
    {
        await using var cache = await OpenCacheAsync();
        await using var other = OpenStore();
        var paths = await FillAsync(cache);
        await FillAsync(other);
        var file = FileOf((await cache.QueryNarInfoAsync(paths[1]))!);
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[100] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);
        Assert.True((await cache.VerifyAsync()).IsSound);
        Assert.Equal([paths[1]], (await cache.VerifyAsync(new VerifyOptions { CheckContents = true })).Problems.Select(static problem => problem.Path!.Value));

        var result = await cache.VerifyAsync(new VerifyOptions { CheckContents = true, Repair = true, Substituters = [other] });
        Assert.Equal([paths[1]], result.Repaired);
        Assert.True(result.IsSound);
        Assert.True((await cache.VerifyAsync(new VerifyOptions { CheckContents = true })).IsSound);
    }

    private static async Task<StorePath[]> FillAsync(INixStore store)
    {
        var first = await store.AddTextAsync("first", "one");
        return [first, await store.AddTextAsync("second", "two"), await store.AddTextAsync("third", "three", [first])];
    }
}
