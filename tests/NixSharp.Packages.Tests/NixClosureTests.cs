using NixSharp.Testing;
using Xunit;

namespace NixSharp.Packages.Tests;

[Collection(PackagesCollection.Name)]
public sealed class NixClosureTests(PackagesFixture packages)
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

    [Fact]
    public async Task The_closure_of_the_publish_output_has_sizes()
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp();

        var path = Assert.Single(await repository.GetItemsAsync("NixClosure", "NixClosurePath"));

        Assert.Equal((string)path["NarSize"]!, (string)path["ClosureSize"]!);
        Assert.True((long)path["NarSize"]! > new FileInfo(repository["bin/Debug/net10.0/Hello.dll"]).Length);
    }

    [RequiresFact("nix", "busybox")]
    public async Task The_closure_of_a_flakes_output_is_what_nix_built()
    {
        using var repository = packages.CreateRepository();
        repository.Environment["NIX_CONFIG"] = RealNix.Configuration;
        repository.WriteApp(properties: "<NixImageSource>flake</NixImageSource>", items: "<NixFlakeOutput Include=\"path:flake#hello\" />");
        repository.Write("flake/flake.nix", Flake);
        File.Copy(Requirements.Find("busybox")!, repository["flake/busybox"]);

        var closure = await repository.GetItemsAsync("NixClosure", "NixClosurePath");

        Assert.Equal(["dep", "hello"], closure.Select(path => ((string)path["Identity"]!)[44..]));
        Assert.Equal((long)closure[0]["NarSize"]! + (long)closure[1]["NarSize"]!, (long)closure[1]["ClosureSize"]!);
    }

    [RequiresFact("nix", "busybox")]
    public async Task A_flake_that_cannot_be_built_gives_a_coded_error()
    {
        using var repository = packages.CreateRepository();
        repository.Environment["NIX_CONFIG"] = RealNix.Configuration;
        repository.WriteApp();
        repository.Write("flake/flake.nix", Flake);

        var result = await repository.TryBuildAsync("-t:NixBuild", "-p:NixFlakeOutputs=path:flake%23missing");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error NIXS50", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at NixSharp", result.Output, StringComparison.Ordinal);
    }

    [RequiresFact("nix")]
    public async Task An_evaluation_that_fails_is_an_error_at_the_line_of_the_flake()
    {
        using var repository = packages.CreateRepository();
        repository.Environment["NIX_CONFIG"] = RealNix.Configuration;
        repository.WriteApp();
        repository.Write("flake/flake.nix", "{\n  outputs = { self }: {\n    checks.x86_64-linux.bad =\n      { a = 1; }.b;\n  };\n}\n");

        var result = await repository.TryBuildAsync("-t:NixFlakeCheck", "-p:NixFlake=path:flake", "-p:NixStore=./store");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"{repository["flake/flake.nix"]}(4,7): error NIXS5003: attribute 'b' missing", result.Output, StringComparison.Ordinal);
    }
}
