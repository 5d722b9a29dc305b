using Newtonsoft.Json.Linq;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Packages.Tests;

[Collection(PackagesCollection.Name)]
public sealed class NixSignTests(PackagesFixture packages)
{
    private const string Flake =
        """
        {
          outputs = { self }: {
            packages.x86_64-linux = rec {
              dep = derivation { name = "dep"; system = "x86_64-linux"; builder = "${self}/busybox"; args = [ "sh" "-c" "echo dep >$out" ]; };
              hello = derivation { name = "hello"; system = "x86_64-linux"; builder = "${self}/busybox"; args = [ "sh" "-c" "echo ${dep} >$out" ]; };
            };
          };
        }
        """;

    [RequiresFact("nix")]
    public async Task The_publish_output_is_signed_as_nix_signs_it()
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp(properties: "<NixSigningKeyFile>secret.key</NixSigningKeyFile>");
        repository.Write("secret.key", await MakeKeyAsync());

        var path = Assert.Single(await repository.GetItemsAsync("NixSign", "NixSignedPath"));

        Assert.Equal("test-1", (string)path["KeyName"]!);
        var signatures = await SignaturesAsync(repository, (string)path["Identity"]!);
        Assert.Equal([(string)path["Signature"]!], signatures);
        await RealNix.RunAsync(repository.Store, "nix", "store", "sign", "-k", repository["secret.key"], (string)path["Identity"]!);
        Assert.Equal(signatures, await SignaturesAsync(repository, (string)path["Identity"]!));
    }

    [RequiresFact("nix", "busybox")]
    public async Task The_closure_of_a_flakes_output_is_signed_with_a_key_in_a_variable()
    {
        using var repository = packages.CreateRepository();
        repository.Environment["NIX_CONFIG"] = RealNix.Configuration;
        repository.Environment["SIGNING_KEY"] = await MakeKeyAsync();
        repository.WriteApp(
            properties: "<NixImageSource>flake</NixImageSource><NixSigningKeyVariable>SIGNING_KEY</NixSigningKeyVariable>",
            items: "<NixFlakeOutput Include=\"path:flake#hello\" />");
        repository.Write("flake/flake.nix", Flake);
        File.Copy(Requirements.Find("busybox")!, repository["flake/busybox"]);

        var only = Assert.Single(await repository.GetItemsAsync("NixSign", "NixSignedPath"));
        var closure = await repository.GetItemsAsync("NixSign", "NixSignedPath", "-p:NixSignClosure=true");

        Assert.Equal(2, closure.Count);
        Assert.Contains(closure, path => JToken.DeepEquals(path["Signature"], only["Signature"]));
    }

    [Fact]
    public async Task Without_a_key_nothing_is_signed_and_a_key_that_is_none_is_not_shown()
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp();
        repository.Write("secret.key", "test-1:c2VjcmV0LXNlY3JldA==");

        var missing = await repository.TryBuildAsync("-t:NixSign");
        var unset = await repository.TryBuildAsync("-t:NixSign", "-p:NixSigningKeyVariable=NIXSHARP_NO_SUCH_KEY");
        var invalid = await repository.TryBuildAsync("-t:NixSign", "-p:NixSigningKeyFile=secret.key", "-v:detailed");

        Assert.Contains("error NIXS7003", missing.Output, StringComparison.Ordinal);
        Assert.Contains("error NIXS7007", unset.Output, StringComparison.Ordinal);
        Assert.Contains("error NIXS1061", invalid.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", invalid.Output, StringComparison.Ordinal);
    }

    private static async Task<string> MakeKeyAsync() =>
        await CommandLine.RunAsync("nix", "--extra-experimental-features", "nix-command", "key", "generate-secret", "--key-name", "test-1");

    private static async Task<IReadOnlyList<string>> SignaturesAsync(EmptyRepository repository, string path) =>
        [.. JToken.Parse(await RealNix.RunAsync(repository.Store, "nix", "path-info", "--json", path)).SelectTokens("..signatures[*]").Select(static text => (string)text!)];
}
