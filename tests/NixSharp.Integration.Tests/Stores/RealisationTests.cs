using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Stores;

public sealed class RealisationTests : IDisposable
{
    private static readonly string[] Switch = ["--option", "extra-experimental-features", "ca-derivations"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Tables_that_NixSharp_made_are_those_of_Nix(NixRelease nix)
    {
        var id = new DerivationOutputId(NixHash.Compute(NixHashAlgorithm.Sha256, "one"u8), "out");
        await using (var store = LocalStore.Open(_folder["store"]))
        {
            var path = await store.AddTextAsync("text", "hello");
            await store.AddRealisationAsync(new Realisation { Id = id, OutputPath = path });
            await store.AddRealisationAsync(new Realisation { Id = id with { OutputName = "dev" }, OutputPath = path, DependentRealisations = new Dictionary<DerivationOutputId, StorePath> { [id] = path } });
        }

        foreach (var release in (NixRelease[])[nix, NixRelease.Machine])
        {
            await RealNix.RunAsync(release, _folder["store"], "nix-store", [.. Switch, "--verify", "--check-contents"]);
        }

        await RealNix.RunAsync(nix, _folder["store"], "nix-store", [.. Switch, "--gc"]);
        await using var after = LocalStore.Open(_folder["store"]);
        Assert.Empty(await after.ListAsync());
        Assert.Null(await after.QueryRealisationAsync(id));
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task What_Nix_realised_is_found_and_added_to(NixRelease nix)
    {
        Directory.CreateDirectory(_folder["bin"]);
        File.Copy(Requirements.Find("busybox")!, _folder["bin/busybox"]);
        var file = _folder.Write("floating.nix", """
            derivation {
              name = "floating"; system = builtins.currentSystem; builder = "${./bin}/busybox"; args = [ "sh" "-c" "echo hello > $out" ];
              __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256";
            }
            """);
        var derivation = StorePath.Parse((await RealNix.RunAsync(nix, _folder["store"], "nix-instantiate", [.. Switch, file])).Trim());
        var output = StorePath.Parse((await RealNix.RunAsync(nix, _folder["store"], "nix-store", [.. Switch, "--realise", derivation.ToString()])).Trim());
        await using var store = LocalStore.Open(_folder["store"]);
        Assert.Equal(output, (await store.QueryDerivationOutputsAsync(derivation))["out"]);

        var id = new DerivationOutputId(NixHash.Compute(NixHashAlgorithm.Sha256, "two"u8), "out");
        await store.AddRealisationAsync(new Realisation { Id = id, OutputPath = output });
        await RealNix.RunAsync(nix, _folder["store"], "nix-store", [.. Switch, "--verify", "--check-contents"]);
        Assert.Equal(output, (await store.QueryRealisationAsync(id))!.OutputPath);
    }
}
