using NixSharp.Hashing;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Stores;

public sealed class StoreUriTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("nix-store")]
    public async Task Nix_finds_the_same_store_by_the_same_URI()
    {
        var source = _folder.Write("in/hello.txt", "hello\n");
        foreach (var uri in (string[])[_folder["folder"], $"local?root={_folder["a%20root"]}", $"local?real={_folder["real/store"]}&state={_folder["real/state"]}"])
        {
            await using var store = await NixStore.OpenAsync(uri);
            var path = await store.AddAsync(source);
            foreach (var name in (string[])[uri, store.Uri])
            {
                var hash = await RealNix.RunAsync(name, "nix-store", "--query", "--hash", path.ToString());
                Assert.Equal((await store.GetPathInfoAsync(path)).NarHash, NixHash.Parse(hash.Trim()));
                Assert.Equal(0, (await RealNix.VerifyAsync(name)).ExitCode);
            }
        }
    }

    [RequiresFact("nix-store")]
    public async Task Another_store_directory_has_its_files_where_Nix_has_them()
    {
        var uri = $"local?root={_folder["root"]}&store=/opt/store";
        await using var store = await NixStore.OpenAsync(uri);
        var path = await store.AddAsync(_folder.Write("in/hello.txt", "hello\n"));
        Assert.StartsWith("/opt/store/", path.ToString(), StringComparison.Ordinal);
        Assert.Equal(uri, store.Uri);
        Assert.True(File.Exists(_folder[$"root/nix/store/{path.BaseName}"]));
        var verified = await CommandLine.TryRunAsync(
            new CommandLineOptions { Environment = new Dictionary<string, string> { ["NIX_CONFIG"] = RealNix.Configuration, ["NIX_STORE_DIR"] = "/opt/store" } },
            "nix-store",
            ["--store", $"local?root={_folder["root"]}", "--verify", "--check-contents"]);
        Assert.Equal(0, verified.ExitCode);
        Assert.DoesNotContain("disappeared", verified.Error, StringComparison.Ordinal);
    }
}
