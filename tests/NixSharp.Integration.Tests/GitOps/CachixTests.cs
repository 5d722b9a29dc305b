using NixSharp.Flakes;
using NixSharp.GitOps.Cachix;
using NixSharp.Integration.Tests.Tool;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.GitOps;

public sealed class CachixTests : IDisposable
{
    private const string Flake =
        """
        {
          outputs = { self }:
            let
              make = name: derivation {
                inherit name;
                system = "x86_64-linux";
                builder = "${self}/busybox";
                args = [ "sh" "-c" "echo ${name} >$out" ];
              };
            in {
              nixosConfigurations.web.config.system.build.toplevel = make "nixos-system-web";
              nixosConfigurations."db.example".config.system.build.toplevel = make "nixos-system-db";
              darwinConfigurations.laptop.system = make "darwin-system-laptop";
            };
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public CachixTests()
    {
        _folder.Write("infra/flake.nix", Flake);
        if (Requirements.Find("busybox") is { } busybox)
        {
            File.Copy(busybox, _folder["infra/busybox"]);
        }
    }

    private string Infra => $"path:{_folder["infra"]}";

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task The_configurations_of_a_flake_become_a_deployment_that_any_cache_can_hold(NixRelease nix)
    {
        var spec = await FlakeDeploySpec.BuildAsync(Client(nix), Infra);
        Assert.Equal(["db.example", "laptop", "web"], spec.Agents.Keys.Order());
        Assert.Equal("nixos-system-web", spec.Agents["web"].Name);

        await using var store = await NixStore.OpenAsync($"local?root={_folder["store"]}");
        var script = await new RollbackScript { Commands = [["true"]] }.AddAsync(store);
        spec = spec with { RollbackScripts = new Dictionary<string, StorePath> { ["x86_64-linux"] = script } };
        var cache = $"file://{_folder["cache"]}";
        await using (var destination = await NixStore.OpenAsync(cache))
        {
            await spec.PushAsync(store, destination);
        }

        Assert.Contains(spec.Agents["web"].ToString(), await RealNix.RunAsync(nix, cache, "nix", "path-info", spec.Agents["web"].ToString()), StringComparison.Ordinal);
        await CommandLine.RunAsync(_folder["store"] + script);
    }

    [RequiresFact("nix")]
    public async Task A_configuration_that_the_flake_lacks_is_named()
    {
        var error = await Assert.ThrowsAsync<GitOpsException>(() => FlakeDeploySpec.BuildAsync(Client(NixRelease.Machine), Infra, ["mail"]));
        Assert.Equal(NixErrorCodes.InvalidDeploySpec, error.Code);
        Assert.Contains("'mail'", error.Message, StringComparison.Ordinal);
    }

    [RequiresFact("sh")]
    public async Task A_rollback_script_fails_when_time_is_up()
    {
        var script = _folder.Write("script", new RollbackScript { Commands = [["true"], ["test", "-e", _folder["missing"]]], Timeout = TimeSpan.Zero }.ToString());
        var result = await CommandLine.TryRunAsync("sh", script);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"failed: test -e {_folder["missing"]}", result.Error, StringComparison.Ordinal);
    }

    [RequiresFact("nix", "sh")]
    public async Task A_deployment_is_written_checked_pushed_and_activated_by_the_tool()
    {
        // cachix is in none of Debian's packages, so a script stands for it here, which writes down what it is asked to do.
        var cachix = _folder.Write("bin/cachix", $"#!/bin/sh\nprintf '%s ' \"$@\" >>'{_folder["calls"]}'\necho >>'{_folder["calls"]}'\ncase $1 in deploy) echo 'no such token'; exit 1;; esac\n");
        File.SetUnixFileMode(cachix, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var file = _folder["cachix-deploy.json"];
        var store = _folder["store"];
        await NixSharpProgram.RunAsync("cachix", "spec", Infra, "--configuration", "web", "-o", file, "--store", store, "-q");
        var web = (await DeploySpec.ReadAsync(file)).Agents["web"];
        Assert.Equal($"web {web}\n", await NixSharpProgram.RunAsync("cachix", "check", file, "--store", store));

        var missing = await NixSharpProgram.TryRunAsync("cachix", "check", file, "--store", _folder["other"]);
        Assert.Contains($"NIXS6041: 1 of 1 paths of the deployment are not in the store. Build them, or copy them there first.\nagent web: {web}", missing.Error, StringComparison.Ordinal);

        var spec = await DeploySpec.ReadAsync(file);
        var client = new CachixClient(new CachixOptions { Program = cachix, AuthToken = "tok-1", ActivateToken = "tok-2", Jobs = 4 });
        await client.PushAsync("mine", spec.Paths);
        await client.WatchExecAsync("mine", "nix", ["build", "--impure"]);
        var error = await Assert.ThrowsAsync<GitOpsException>(() => client.ActivateAsync(file, ["web"], isAsync: true));
        Assert.Equal(NixErrorCodes.CachixFailed, error.Code);
        Assert.DoesNotContain("tok-", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            [$"push --jobs 4 mine {web} ", "watch-exec --jobs 4 mine -- nix build --impure ", $"deploy activate --async --agent web {file} ", ""],
            File.ReadAllText(_folder["calls"]).Split('\n'));
        await Assert.ThrowsAsync<GitOpsException>(() => client.ActivateAsync(file, ["mail"]));
    }

    private NixClient Client(NixRelease nix) => new(new NixOptions
    {
        Program = nix.PathOf("nix"),
        Store = _folder["store"],
        Config = new Dictionary<string, string> { ["substituters"] = "", ["flake-registry"] = "", ["sandbox"] = "false", ["build-users-group"] = "" },
    });
}
