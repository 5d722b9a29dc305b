using NixSharp.Testing;
using Xunit;

namespace NixSharp.Packages.Tests;

[Collection(PackagesCollection.Name)]
public sealed class NodesSampleTests(PackagesFixture packages)
{
    [RequiresFact("nix")]
    public async Task The_machines_of_the_sample_are_a_flake_that_Nix_evaluates_from_JSON_and_from_a_project_alike()
    {
        using var repository = packages.CreateRepository();
        repository.Environment["NIX_CONFIG"] = RealNix.Configuration;
        var sample = Path.Combine(GoldenData.RepositoryRoot, "samples", "NixosNodes");
        repository.Write("sample/nodes.json", File.ReadAllText(Path.Combine(sample, "nodes.json")));
        repository.Write("sample/common.nix", File.ReadAllText(Path.Combine(sample, "common.nix")));
        await repository.DotnetAsync("tool", "install", "NixSharp.Tool", "--version", packages.Version, "--tool-path", repository["tools"], "--configfile", repository["nuget.config"]);
        await CommandLine.RunAsync(repository["tools/nixsharp"], "nodes", "flake", repository["sample/nodes.json"], "-o", repository["sample"]);

        repository.WriteApp(
            properties: "<NixNodesRepository>github:acme/nodes</NixNodesRepository><NixNodesDirectory>project</NixNodesDirectory><NixNodesDescription>Machines that keep themselves up to date from this repository</NixNodesDescription>",
            items: """
                <NixNodesInput Include="nixpkgs" Reference="github:NixOS/nixpkgs/nixos-26.05" />
                <NixosNode Include="raspberry-pi-4" System="aarch64-linux" Format="sd-aarch64" Modules="./common.nix" Hardware="raspberry-pi-4" />
                <NixosNode Include="generic-x86-node" Modules="./common.nix" />
                """);
        await repository.BuildAsync("-t:NixNodesFlake");
        Assert.Equal(File.ReadAllText(repository["sample/flake.nix"]), File.ReadAllText(repository["project/flake.nix"]));

        repository.Write("nixpkgs/flake.nix", "{ outputs = _: { lib.nixosSystem = arguments: arguments; }; }");
        repository.Write("generators/flake.nix", "{ inputs.nixpkgs.url = \"nixpkgs\"; outputs = _: { nixosGenerate = arguments: arguments.format; }; }");
        repository.Write("hardware/flake.nix", "{ outputs = _: { nixosModules.raspberry-pi-4 = { }; }; }");
        var format = await RealNix.RunAsync(
            repository["store"],
            "nix",
            "eval",
            "--raw",
            $"path:{repository["sample"]}#packages.aarch64-linux.raspberry-pi-4",
            "--override-input", "nixpkgs", $"path:{repository["nixpkgs"]}",
            "--override-input", "nixos-generators", $"path:{repository["generators"]}",
            "--override-input", "nixos-hardware", $"path:{repository["hardware"]}");
        Assert.Equal("sd-aarch64", format);
    }
}
