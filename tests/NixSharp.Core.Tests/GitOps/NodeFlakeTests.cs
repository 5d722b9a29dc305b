using NixSharp.Flakes.Expressions;
using NixSharp.GitOps.Nodes;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.GitOps;

public sealed class NodeFlakeTests
{
    [Fact]
    public void Hardware_brings_its_input_and_generators_follow_nixpkgs()
    {
        var flake = NodeFlake.Parse("""{ "inputs": { "nixpkgs": "github:NixOS/nixpkgs" }, "nodes": [ { "name": "pi", "format": "sd-aarch64", "system": "aarch64-linux", "hardware": ["raspberry-pi-4"] } ] }""");
        var text = flake.ToFiles()["flake.nix"];
        Assert.Contains("nixos-hardware.url = \"github:NixOS/nixos-hardware\";", text, StringComparison.Ordinal);
        Assert.Contains("inputs.nixpkgs.follows = \"nixpkgs\";", text, StringComparison.Ordinal);
        Assert.Contains("nixos-hardware.nixosModules.raspberry-pi-4", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_are_written_only_where_they_change()
    {
        using var folder = new TemporaryFolder();
        var flake = Flake(new NixosNode { Name = "web", Modules = ["./web.nix"] });
        Assert.Equal(["flake.nix", "formats/raw-efi.nix"], await flake.WriteAsync(folder["out"]));
        Assert.Empty(await flake.WriteAsync(folder["out"]));
        Assert.Equal(["flake.nix"], await (flake with { Description = "Other" }).WriteAsync(folder["out"]));
    }

    [Fact]
    public void A_format_can_be_added()
    {
        var flake = Flake(new NixosNode { Name = "web", Format = "mine" }) with { Formats = new Dictionary<string, NodeFormat> { ["mine"] = new() { RootLabel = "other" } } };
        Assert.Contains("/dev/disk/by-label/other", flake.ToFiles()["formats/mine.nix"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "inputs": {}, "nodes": [] }""", "there are none")]
    [InlineData("""{ "inputs": { "nixpkgs": "nixpkgs" }, "nodes": [ { "name": "a" }, { "name": "a" } ] }""", "two have the name 'a'")]
    [InlineData("""{ "inputs": { "nixpkgs": "nixpkgs" }, "nodes": [ { "name": "../a" } ] }""", "no name for a host")]
    [InlineData("""{ "inputs": {}, "nodes": [ { "name": "a" } ] }""", "none of the inputs")]
    [InlineData("""{ "inputs": { "nixpkgs": "nixpkgs" }, "nodes": [ { "name": "a", "format": "floppy" } ] }""", "'floppy'")]
    [InlineData("""{ "inputs": { "nixpkgs": "nixpkgs" }, "nodes": [ { "name": "a", "format": "../x" } ] }""", "'../x'")]
    [InlineData("""{ "inputs": { "nixpkgs": "nixpkgs" }, "nodes": [ { "name": "a", "system": "amiga" } ] }""", "'amiga'")]
    [InlineData("""{ "inputs": { "nixpkgs": "nixpkgs" }, "nodes": [ { "name": "a", "modules": ["/etc/nixos"] } ] }""", "'/etc/nixos'")]
    [InlineData("""{ "inputs": { "nixpkgs": "nixpkgs" }, "nodes": [ { "name": "a", "modules": ["sops.nixosModules.sops"] } ] }""", "'sops.nixosModules.sops'")]
    [InlineData("""{ "inputs": { "nixpkgs": "nixpkgs" }, "nodes": [ { "name": "a", "kind": "b" } ] }""", "'nodes[0].kind'")]
    [InlineData("""{ "inputs": { "nixpkgs": "not a reference" }, "nodes": [ { "name": "a" } ] }""", "not a reference")]
    public async Task What_describes_no_machines_is_refused(string text, string why)
    {
        using var folder = new TemporaryFolder();
        var error = await Assert.ThrowsAsync<GitOpsException>(() => NodeFlake.ReadAsync(folder.Write("nodes.json", text)));
        Assert.Equal(NixErrorCodes.InvalidNodes, error.Code);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    private static NodeFlake Flake(params NixosNode[] nodes) =>
        new() { Nodes = nodes, Inputs = new Dictionary<string, FlakeInput> { ["nixpkgs"] = FlakeInput.From("github:NixOS/nixpkgs") } };
}
