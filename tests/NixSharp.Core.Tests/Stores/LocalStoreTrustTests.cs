using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores;
using Xunit;

namespace NixSharp.Core.Tests.Stores;

public sealed class LocalStoreTrustTests : StoreFixture
{
    [Fact]
    public async Task A_path_that_nobody_has_signed_is_refused()
    {
        await using var store = OpenStore();
        var (info, nar) = await MakeNarAsync();
        var error = await Assert.ThrowsAsync<NixStoreException>(() => store.AddNarAsync(info, new MemoryStream(nar)));
        Assert.Equal(NixErrorCodes.PathNotTrusted, error.Code);
        Assert.Contains("cache.nixos.org-1", error.Message, StringComparison.Ordinal);
        Assert.Equal(NixErrorCodes.PathNotTrusted, (await Assert.ThrowsAsync<NixStoreException>(() => store.AddNarsAsync([SourceOf(info, nar)]))).Code);
        Assert.Empty(await store.ListAsync());
        Assert.Empty(NamesIn(store));
    }

    [Fact]
    public async Task A_path_that_a_trusted_key_has_signed_is_taken_and_one_of_another_key_is_not()
    {
        var key = SecretKey.Generate("acme-1");
        var stranger = SecretKey.Generate("stranger-1");
        await using var store = LocalStore.Open(Folder["store"], Fast with { TrustedKeys = new TrustedKeys([key.ToPublicKey()]) });
        var (info, nar) = await MakeNarAsync();
        var foreign = info with { Signatures = [stranger.Sign(info).ToString()] };
        var error = await Assert.ThrowsAsync<NixStoreException>(() => store.AddNarAsync(foreign, new MemoryStream(nar)));
        Assert.Contains("stranger-1", error.Message, StringComparison.Ordinal);

        var signed = info with { Signatures = [key.Sign(info).ToString()] };
        var forged = signed with { References = [Stranger] };
        Assert.Equal(NixErrorCodes.PathNotTrusted, (await Assert.ThrowsAsync<NixStoreException>(() => store.AddNarAsync(forged, new MemoryStream(nar)))).Code);
        await store.AddNarAsync(signed, new MemoryStream(nar));
        Assert.Equal(signed.Signatures, (await store.GetPathInfoAsync(info.Path)).Signatures);
    }

    [Fact]
    public async Task Signatures_need_not_be_checked()
    {
        await using var store = OpenStore();
        var (info, nar) = await MakeNarAsync();
        await store.AddNarAsync(info with { Ultimate = true }, new MemoryStream(nar), new AddNarOptions { CheckSignatures = false });
        Assert.True((await store.GetPathInfoAsync(info.Path)).Ultimate);

        await using var careless = await NixStore.OpenAsync($"local?root={Folder["careless"]}&require-sigs=false", Fast);
        await careless.AddNarAsync(info with { Ultimate = true }, new MemoryStream(nar));
        Assert.False((await careless.GetPathInfoAsync(info.Path)).Ultimate);
    }

    [Fact]
    public async Task Keys_may_stand_in_the_URI()
    {
        var key = SecretKey.Generate("acme-1");
        var (info, nar) = await MakeNarAsync();
        await using var store = await NixStore.OpenAsync($"local?root={Folder["store"]}&trusted-public-keys={Uri.EscapeDataString(key.ToPublicKey().ToString())}", Fast);
        await store.AddNarAsync(info with { Signatures = [key.Sign(info).ToString()] }, new MemoryStream(nar));
        Assert.NotNull(await store.QueryPathInfoAsync(info.Path));
    }

    [Theory]
    [InlineData(FileIngestionMethod.Recursive, NixHashAlgorithm.Sha256)]
    [InlineData(FileIngestionMethod.Recursive, NixHashAlgorithm.Sha1)]
    [InlineData(FileIngestionMethod.Flat, NixHashAlgorithm.Sha256)]
    [InlineData(FileIngestionMethod.Flat, NixHashAlgorithm.Sha512)]
    public async Task A_content_addressed_path_needs_no_signature_and_must_be_what_it_says(FileIngestionMethod method, NixHashAlgorithm algorithm)
    {
        await using var source = OpenStore("source");
        await using var store = OpenStore();
        var path = await source.AddAsync(Folder.Write("in/file", "contents"), options: new AddOptions { Method = method, Algorithm = algorithm });
        await AssertTakenAndLiesRefusedAsync(source, store, path);
    }

    [Fact]
    public async Task Text_needs_no_signature_and_must_be_what_it_says()
    {
        await using var source = OpenStore("source");
        await using var store = OpenStore();
        await AssertTakenAndLiesRefusedAsync(source, store, await source.AddTextAsync("text", "contents"));
    }

    [Fact]
    public async Task Repair_replaces_the_files_of_a_valid_path()
    {
        await using var store = OpenStore();
        var (info, nar) = await MakeNarAsync();
        var options = new AddNarOptions { CheckSignatures = false };
        await store.AddNarAsync(info, new MemoryStream(nar), options);
        Damage(store, info.Path);
        await store.AddNarAsync(info, new MemoryStream(nar), options);
        Assert.NotEqual(info.NarHash, (await NarArchive.DigestAsync(store.GetRealPath(info.Path))).Hash);
        await store.AddNarAsync(info, new MemoryStream(nar), options with { Repair = true });
        Assert.Equal(info.NarHash, (await NarArchive.DigestAsync(store.GetRealPath(info.Path))).Hash);
        Assert.Equal([info.Path.BaseName], NamesIn(store));
    }

    private static async Task AssertTakenAndLiesRefusedAsync(LocalStore source, LocalStore store, StorePath path)
    {
        var info = await source.GetPathInfoAsync(path);
        using var nar = new MemoryStream();
        await source.ReadNarAsync(path, nar);
        using var other = new MemoryStream();
        using (var writer = new NarWriter(other))
        {
            writer.AddFile([], executable: false, 3, new MemoryStream([1, 2, 3]));
        }

        var lie = info with { NarHash = NixHash.Compute(NixHashAlgorithm.Sha256, other.ToArray()), NarSize = other.Length };
        var error = await Assert.ThrowsAsync<NixStoreException>(() => store.AddNarAsync(lie, new MemoryStream(other.ToArray())));
        Assert.True(error.Code is NixErrorCodes.NarMismatch or NixErrorCodes.PathNotTrusted, error.Message);
        error = await Assert.ThrowsAsync<NixStoreException>(() => store.AddNarAsync(lie, new MemoryStream(other.ToArray()), new AddNarOptions { CheckSignatures = false }));
        Assert.Equal(NixErrorCodes.NarMismatch, error.Code);
        var renamed = info with { Path = Stranger };
        Assert.Equal(NixErrorCodes.PathNotTrusted, (await Assert.ThrowsAsync<NixStoreException>(() => store.AddNarAsync(renamed, new MemoryStream(nar.ToArray())))).Code);
        Assert.Empty(NamesIn(store));

        await store.AddNarAsync(info, new MemoryStream(nar.ToArray()));
        Assert.Equal(info.ContentAddress, (await store.GetPathInfoAsync(path)).ContentAddress);
    }

    private static NarSource SourceOf(PathInfo info, byte[] nar) => new(info, (output, token) => output.WriteAsync(nar, token).AsTask());

    private async Task<(PathInfo Info, byte[] Nar)> MakeNarAsync()
    {
        using var nar = new MemoryStream();
        await NarArchive.DumpAsync(MakeTree(), nar);
        return (new PathInfo { Path = Stranger, NarHash = NixHash.Compute(NixHashAlgorithm.Sha256, nar.ToArray()), NarSize = nar.Length }, nar.ToArray());
    }
}
