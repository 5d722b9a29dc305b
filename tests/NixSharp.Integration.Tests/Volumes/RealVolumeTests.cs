using Newtonsoft.Json.Linq;
using NixSharp.Closures;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using NixSharp.Volumes;
using Xunit;

namespace NixSharp.Integration.Tests.Volumes;

/// <summary>Volumes of what a real Nix has built, opened by a real Nix as its store.</summary>
public sealed class RealVolumeTests : IDisposable
{
    private const string Expression = """
        let
          make = name: script: derivation {
            inherit name; system = builtins.currentSystem; builder = "${./tools}/busybox"; args = [ "sh" "-c" "b=${./tools}/busybox; ${script}" ];
          };
          lib = make "lib" "echo lib > $out";
        in make "app" "$b mkdir -p $out/bin $out/share/doc; echo ${lib} > $out/bin/app; $b chmod +x $out/bin/app; echo ${./tools} > $out/share/doc/app; $b ln -s ../bin/app $out/share/app"
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("nix", "nix-store", "busybox")]
    public async Task Nix_finds_exactly_the_closure_with_all_its_facts_and_verifies_it()
    {
        var app = await BuildAsync();
        await SignAsync(app);
        await using var store = LocalStore.Open(_folder["host"]);
        var closure = await store.GetClosureAsync(app);
        var volume = await StoreVolume.CreateAsync(closure, _folder["volume"]);

        Assert.Equal(3, closure.Paths.Count);
        Assert.Contains(closure.Paths, static info => info.ContentAddress is not null);
        Assert.Equal(
            await PathInfoAsync("host", "--recursive", app.ToString()),
            await PathInfoAsync("volume", "--all"));
        var info = JArray.Parse(await PathInfoAsync("volume", app.ToString()))[0];
        Assert.True((bool)info["ultimate"]!);
        Assert.NotNull((string?)info["deriver"]);
        Assert.StartsWith("test-1:", (string)info["signatures"]![0]!, StringComparison.Ordinal);
        await AssertVerifiesAsync(volume.Path);
    }

    [RequiresFact("nix", "nix-store", "busybox")]
    public async Task Derivations_in_a_volume_keep_their_outputs()
    {
        var app = await BuildAsync();
        await using var store = LocalStore.Open(_folder["host"]);
        var derivation = (await store.QueryPathInfoAsync(app))!.Deriver!.Value;
        await StoreVolume.CreateAsync(await store.GetClosureAsync([app, derivation]), _folder["volume"]);
        Assert.Equal(
            app.ToString(),
            (await RealNix.RunAsync(_folder["volume"], "nix-store", "--query", "--outputs", derivation.ToString())).Trim());
        Assert.Contains(app.ToString(), await RealNix.RunAsync(_folder["volume"], "nix-store", "--realise", derivation.ToString()), StringComparison.Ordinal);
        await AssertVerifiesAsync(_folder["volume"]);
    }

    [RequiresFact("nix", "nix-store", "busybox")]
    public async Task The_roots_in_a_volume_keep_it_whole_when_Nix_collects_garbage_in_it()
    {
        var app = await BuildAsync();
        await using var store = LocalStore.Open(_folder["host"]);
        await StoreVolume.CreateAsync(await store.GetClosureAsync(app), _folder["volume"]);
        await RealNix.RunAsync(_folder["volume"], "nix-store", "--gc");
        Assert.Equal(
            await PathInfoAsync("host", "--recursive", app.ToString()),
            await PathInfoAsync("volume", "--all"));
        await AssertVerifiesAsync(_folder["volume"]);
    }

    [RequiresFact("nix", "nix-store", "busybox")]
    public async Task Nix_collects_the_closure_in_the_store_only_when_the_volume_is_gone()
    {
        var app = await BuildAsync();
        StoreVolume volume;
        await using (var store = LocalStore.Open(_folder["host"]))
        {
            volume = await StoreVolume.CreateAsync(await store.GetClosureAsync(app), _folder["volumes/one"]);
        }

        await RealNix.RunAsync(_folder["host"], "nix-store", "--gc");
        Assert.Equal(0, (await RealNix.TryRunAsync(_folder["host"], "nix-store", "--check-validity", app.ToString())).ExitCode);
        var roots = await RealNix.RunAsync(_folder["host"], "nix-store", "--gc", "--print-roots");
        Assert.Contains(_folder["volumes/one/nix/var/nix/gcroots/result"], roots, StringComparison.Ordinal);

        await volume.DeleteAsync();
        await RealNix.RunAsync(_folder["host"], "nix-store", "--gc");
        Assert.NotEqual(0, (await RealNix.TryRunAsync(_folder["host"], "nix-store", "--check-validity", app.ToString())).ExitCode);
        await AssertVerifiesAsync(_folder["host"]);
    }

    [RequiresFact("nix", "nix-store", "busybox")]
    public async Task A_volume_of_a_volume_is_a_volume()
    {
        var app = await BuildAsync();
        await using var store = LocalStore.Open(_folder["host"]);
        var first = await StoreVolume.CreateAsync(await store.GetClosureAsync(app), _folder["first"]);
        await using var opened = LocalStore.Open(first.Path);
        var second = await StoreVolume.CreateAsync(await opened.GetClosureAsync(app), _folder["second"]);
        Assert.Equal(await PathInfoAsync("first", "--all"), await PathInfoAsync("second", "--all"));
        Assert.True(second.Report!.LinkedFiles > 0);
        await AssertVerifiesAsync(second.Path);
    }

    private static async Task AssertVerifiesAsync(string store)
    {
        var result = await RealNix.VerifyAsync(store);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.DoesNotContain("error", result.Error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("disappeared", result.Error, StringComparison.Ordinal);
    }

    private async Task<StorePath> BuildAsync()
    {
        var file = _folder.Write("app.nix", Expression);
        Directory.CreateDirectory(_folder["tools"]);
        File.Copy(Requirements.Find("busybox")!, _folder["tools/busybox"]);
        return StorePath.Parse((await RealNix.RunAsync(_folder["host"], "nix-build", file, "--no-out-link")).Trim());
    }

    private async Task SignAsync(StorePath path)
    {
        _folder.Write("key", await CommandLine.RunAsync("nix", "--extra-experimental-features", "nix-command", "key", "generate-secret", "--key-name", "test-1"));
        await RealNix.RunAsync(_folder["host"], "nix", "store", "sign", "--recursive", "--key-file", _folder["key"], path.ToString());
    }

    private async Task<string> PathInfoAsync(string store, params string[] arguments)
    {
        var json = JArray.Parse(await RealNix.RunAsync(_folder[store], "nix", ["path-info", "--json", .. arguments]));
        return new JArray(json.OrderBy(static info => (string)info["path"]!, StringComparer.Ordinal)).ToString();
    }
}
