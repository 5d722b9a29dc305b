using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Copying;
using Xunit;

namespace NixSharp.Core.Tests.Stores.Caches;

/// <summary>Whose paths a store takes from a cache.</summary>
public sealed class CacheTrustTests : CacheFixture
{
    private static readonly SecretKey Key = SecretKey.Generate("test-1");

    [Fact]
    public async Task A_path_without_a_signature_is_taken_from_a_trusted_cache_only()
    {
        var path = await FillAsync("compression=none");
        await using var destination = LocalStore.Open(Folder["destination"], Fast with { TrustedKeys = new TrustedKeys([Key.ToPublicKey()]) });
        await using var cache = await OpenCacheAsync();
        var refused = await Assert.ThrowsAsync<NixStoreException>(() => Substitution.RealiseAsync(destination, [path], [cache]));
        Assert.Equal(NixErrorCodes.CannotSubstitute, refused.Code);
        Assert.Contains("signed", refused.Message, StringComparison.Ordinal);
        await using var trusted = await OpenCacheAsync("trusted=true");
        await Substitution.RealiseAsync(destination, [path], [cache, trusted]);
        Assert.NotNull(await destination.QueryPathInfoAsync(path));
    }

    [Fact]
    public async Task A_path_that_the_cache_has_signed_is_taken_by_who_trusts_its_key()
    {
        var path = await FillAsync($"compression=none&secret-key={Folder.Write("key", Key.Export())}");
        await using var cache = await OpenCacheAsync();
        await using (var stranger = LocalStore.Open(Folder["stranger"], Fast with { TrustedKeys = new TrustedKeys([SecretKey.Generate("test-1").ToPublicKey()]) }))
        {
            await Assert.ThrowsAsync<NixStoreException>(() => Substitution.RealiseAsync(stranger, [path], [cache]));
        }

        await using var destination = LocalStore.Open(Folder["destination"], Fast with { TrustedKeys = new TrustedKeys([Key.ToPublicKey()]) });
        await Substitution.RealiseAsync(destination, [path], [cache]);
        Assert.NotNull(await destination.QueryPathInfoAsync(path));
    }

    /// <summary>A cache with a path that proves nothing by itself.</summary>
    private async Task<StorePath> FillAsync(string parameters)
    {
        await using var local = OpenStore("made");
        var path = await local.AddTextAsync("text", "hello");
        await using var cache = await OpenCacheAsync(parameters);
        var info = (await local.GetPathInfoAsync(path)) with { Path = Stranger, ContentAddress = null };
        await cache.AddNarAsync(info, new MemoryStream(await ReadNarAsync(local, path)));
        return Stranger;
    }
}
