using Newtonsoft.Json.Linq;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Packages.Tests;

/// <summary>samples/Infrastructure with the packages from a feed, and with inputs that stand for nixpkgs and the others.</summary>
[Collection(PackagesCollection.Name)]
public sealed class InfrastructureSampleTests(PackagesFixture packages)
{
    private const string Nixpkgs =
        """
        {
          outputs = { self }: {
            legacyPackages.x86_64-linux = { mkShell = arguments: arguments; sops = 1; age = 1; cachix = 1; };
            lib.nixosSystem = { system, modules }: {
              config.system.build.toplevel = derivation {
                inherit system;
                name = "nixos-system-${(import (builtins.elemAt modules 2)).networking.hostName}";
                builder = "${self}/busybox";
                args = [ "sh" "-c" "echo >$out" ];
              };
            };
          };
        }
        """;

    private const string Module = """{ inputs.nixpkgs.url = "nixpkgs"; outputs = _: { nixosModules = { home-manager = { }; sops = { }; }; }; }""";

    [RequiresFact("nix", "busybox", "git")]
    public async Task Hosts_are_built_pushed_and_described_and_open_secrets_are_refused()
    {
        using var repository = packages.CreateRepository();
        using var inputs = new TemporaryFolder();
        inputs.Write("nixpkgs/flake.nix", Nixpkgs);
        File.Copy(Requirements.Find("busybox")!, inputs["nixpkgs/busybox"]);
        inputs.Write("module/flake.nix", Module);
        repository.Environment["NIX_CONFIG"] = RealNix.Configuration;
        var sample = Path.Combine(GoldenData.RepositoryRoot, "samples", "Infrastructure");
        foreach (var file in Directory.GetFiles(sample, "*", SearchOption.AllDirectories))
        {
            repository.Write(
                Path.GetRelativePath(sample, file),
                File.ReadAllText(file).Replace("package=NixSharp.Cake&version=0.1.0", $"package=NixSharp.Cake&version={packages.Version}&prerelease", StringComparison.Ordinal));
        }

        repository.Write(".config/dotnet-tools.json", """{ "version": 1, "isRoot": true, "tools": { "cake.tool": { "version": "7.0.0", "commands": ["dotnet-cake"] } } }""");
        await repository.DotnetAsync("tool", "restore");
        await repository.CommitAsync();
        string[] arguments =
        [
            "cake",
            $"--store={inputs["store"]}",
            $"--cache=file://{inputs["cache"]}",
            $"--override=nixpkgs=path:{inputs["nixpkgs"]}",
            $"--override=home-manager=path:{inputs["module"]}",
            $"--override=sops-nix=path:{inputs["module"]}",
        ];

        await repository.DotnetAsync(arguments);

        var agents = (JObject)JObject.Parse(File.ReadAllText(repository["cachix-deploy.json"]))["agents"]!;
        Assert.Equal(["db", "web"], agents.Properties().Select(static agent => agent.Name));
        var web = (string)agents["web"]!;
        Assert.EndsWith("-nixos-system-web", web, StringComparison.Ordinal);
        Assert.Equal(web + "\n", await RealNix.RunAsync($"file://{inputs["cache"]}", "nix", "path-info", web));
        Assert.Contains("nixsharp cachix activate --async", File.ReadAllText(repository[".github/workflows/nix.yml"]), StringComparison.Ordinal);

        repository.Write("secrets/web.yaml", "password: hunter2\n");
        var refused = await repository.TryDotnetAsync(arguments);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("NIXS6010", refused.Error + refused.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.Error + refused.Output, StringComparison.Ordinal);
    }
}
