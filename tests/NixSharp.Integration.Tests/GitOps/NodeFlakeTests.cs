using Newtonsoft.Json.Linq;
using NixSharp.Flakes;
using NixSharp.Flakes.Outputs;
using NixSharp.Integration.Tests.Tool;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.GitOps;

/// <summary>Flakes of machines, evaluated by real Nix with inputs that give back the arguments that they are called with.</summary>
public sealed class NodeFlakeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public NodeFlakeTests()
    {
        _folder.Write("nixpkgs/flake.nix", """{ outputs = _: { lib.nixosSystem = arguments: arguments // { by = "nixosSystem"; }; }; }""");
        _folder.Write("generators/flake.nix", """{ inputs.nixpkgs.url = "nixpkgs"; outputs = _: { nixosGenerate = arguments: arguments // { by = "nixosGenerate"; }; }; }""");
        _folder.Write("hardware/flake.nix", """{ outputs = _: { nixosModules.raspberry-pi-4 = { pi = true; }; }; }""");
        _folder.Write("infra/pi.nix", "{ }");
        _folder.Write("infra/web.nix", "{ }");
        _folder.Write(
            "nodes.json",
            $$"""
            {
              "inputs": {
                "nixpkgs": "path:{{_folder["nixpkgs"]}}",
                "nixos-generators": { "url": "path:{{_folder["generators"]}}", "follows": { "nixpkgs": "nixpkgs" } },
                "nixos-hardware": "path:{{_folder["hardware"]}}"
              },
              "autoUpgrade": { "repository": "github:acme/infra" },
              "nodes": [
                { "name": "pi", "system": "aarch64-linux", "format": "sd-aarch64", "modules": ["./pi.nix"], "hardware": ["raspberry-pi-4"] },
                { "name": "web", "modules": ["./web.nix"] },
                { "name": "db", "format": "qcow-efi", "autoUpgrade": { "repository": "git+https://example.org/db", "allowReboot": false, "flags": [] } }
              ]
            }
            """);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Generators_and_nixosSystem_get_what_nixos_gitops_gives_them(NixRelease nix)
    {
        await NixSharpProgram.RunAsync("nodes", "flake", _folder["nodes.json"], "-o", _folder["infra"]);
        var client = new NixClient(new NixOptions
        {
            Program = nix.PathOf("nix"),
            Store = _folder["store"],
            Config = new Dictionary<string, string> { ["substituters"] = "", ["flake-registry"] = "", ["sandbox"] = "false", ["build-users-group"] = "" },
        });
        var infra = $"path:{_folder["infra"]}";
        Assert.Equal(
            ["packages.aarch64-linux.pi", "packages.x86_64-linux.db", "packages.x86_64-linux.web"],
            (await FlakeOutputs.ListAsync(client, infra)).Select(static name => name.Attribute));
        Assert.Equal(["db", "pi", "web"], await client.ListAttributesAsync(infra, "nixosConfigurations"));

        // Modules that are files become store paths; what matters is which.
        const string view = """
            value: value // {
              modules = map (module: if builtins.isPath module then baseNameOf module else module) value.modules;
              specialArgs = builtins.mapAttrs (name: argument: if name == "nodeHostName" then argument else builtins.attrNames (argument.inputs or { })) value.specialArgs;
            }
            """;
        var image = (JObject)await client.EvalAsync($"{infra}#packages.aarch64-linux.pi", view);
        Assert.Equal(["by", "format", "modules", "specialArgs", "system"], image.Properties().Select(static property => property.Name));
        Assert.Equal(("nixosGenerate", "sd-aarch64", "aarch64-linux"), ((string)image["by"]!, (string)image["format"]!, (string)image["system"]!));
        Assert.Equal("""["pi.nix",{"pi":true}]""", new JArray(image["modules"]!.Take(2)).ToString(Newtonsoft.Json.Formatting.None));
        Assert.Equal(
            """{"allowReboot":true,"enable":true,"flags":["-L","--refresh"],"flake":"github:acme/infra#pi","randomizedDelaySec":"1hr"}""",
            image["modules"]![2]!["system"]!["autoUpgrade"]!.ToString(Newtonsoft.Json.Formatting.None));
        Assert.Equal(
            """{"nixpkgs":[],"nodeHostName":"pi","self":["nixos-generators","nixos-hardware","nixpkgs"]}""",
            image["specialArgs"]!.ToString(Newtonsoft.Json.Formatting.None));

        var machine = (JObject)await client.EvalAsync($"{infra}#nixosConfigurations.web", view);
        Assert.Equal(["by", "modules", "specialArgs", "system"], machine.Properties().Select(static property => property.Name));
        Assert.Equal(("nixosSystem", "web.nix", "raw-efi.nix"), ((string)machine["by"]!, (string)machine["modules"]![0]!, (string)machine["modules"]![2]!));
        var database = (JObject)await client.EvalAsync($"{infra}#nixosConfigurations.db", view);
        Assert.Equal("""{"allowReboot":false,"enable":true,"flags":[],"flake":"git+https://example.org/db#db","randomizedDelaySec":"1hr"}""", database["modules"]![0]!["system"]!["autoUpgrade"]!.ToString(Newtonsoft.Json.Formatting.None));
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Modules_of_formats_are_functions_that_give_file_systems_and_boot_loader(NixRelease nix)
    {
        await NixSharpProgram.RunAsync("nodes", "flake", _folder["nodes.json"], "-o", _folder["infra"]);
        var pi = await EvalModuleAsync("sd-aarch64", "{ }");
        Assert.Equal("/dev/disk/by-label/FIRMWARE", (string)pi["fileSystems"]!["/boot/firmware"]!["device"]!);
        Assert.False((bool)pi["boot"]!["loader"]!["grub"]!["enable"]!);
        var database = await EvalModuleAsync("qcow-efi", "{ config.boot.consoles = [ \"ttyS0\" \"tty1\" ]; modulesPath = \"/nixos\"; }");
        Assert.Equal(["console=ttyS0", "console=tty1"], database["boot"]!["kernelParams"]!.Select(static text => (string)text!));
        Assert.Equal("/nixos/profiles/qemu-guest.nix", (string)database["imports"]![0]!);
        Assert.True((bool)database["fileSystems"]!["/"]!["autoResize"]!);

        async Task<JObject> EvalModuleAsync(string format, string arguments) => JObject.Parse(await RealNix.RunAsync(
            nix, _folder["store"], "nix", "eval", "--impure", "--json", "--expr", $"import {_folder["infra"]}/formats/{format}.nix {arguments}"));
    }
}
