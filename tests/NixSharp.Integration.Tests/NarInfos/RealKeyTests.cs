using Newtonsoft.Json.Linq;
using NixSharp.NarInfos;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.NarInfos;

/// <summary>Keys and signatures go both ways between NixSharp and real Nix.</summary>
public sealed class RealKeyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresTheory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_key_made_by_nix_store_is_read(NixRelease release)
    {
        await RealNix.RunAsync(release, _folder["store"], "nix-store", "--generate-binary-cache-key", "test-1", _folder["secret"], _folder["public"]);
        var key = await SecretKey.ReadAsync(_folder["secret"]);
        Assert.Equal((await File.ReadAllTextAsync(_folder["secret"])).Trim(), key.Export());
        Assert.Equal((await File.ReadAllTextAsync(_folder["public"])).Trim(), key.ToPublicKey().ToString());
    }

    [RequiresTheory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Signatures_are_the_ones_that_Nix_makes_with_the_same_key(NixRelease release)
    {
        var path = (await RealNix.RunAsync(release, _folder["store"], "nix-store", "--add", _folder.Write("hello", "hello"))).Trim();
        var made = SecretKey.Generate("made-by-us-1");
        var secret = _folder.Write("ours", made.Export());
        await RealNix.RunAsync(release, _folder["store"], "nix", "store", "sign", "-k", secret, path);

        await using var store = await NixStore.OpenAsync(_folder["store"]);
        var info = await store.QueryPathInfoAsync(StorePaths.StorePath.Parse(path));
        Assert.Contains(made.Sign(info!).ToString(), info!.Signatures);
        Assert.Single(new TrustedKeys([made.ToPublicKey()]).Verify(info));
        var json = JToken.Parse(await RealNix.RunAsync(release, _folder["store"], "nix", "path-info", "--json", path));
        Assert.Contains(made.Sign(info).ToString(), json.SelectTokens("..signatures[*]").Select(static text => (string)text!));
    }
}
