using System.Globalization;
using NixSharp.GitOps.Kubernetes;
using NixSharp.GitOps.Kubernetes.Api;
using NixSharp.GitOps.Kubernetes.Csi;
using NixSharp.Integration.Tests.Tool;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Kubernetes;

public sealed class BuilderToolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("ssh", "sshd", "ssh-keygen", "nix-daemon", "bash-static")]
    public async Task A_machine_that_was_written_is_found_by_SSH_with_its_settings_and_by_the_check()
    {
        await using var server = await SshServer.StartAsync();
        var bash = Requirements.Find("bash-static");
        var daemon = _folder.Write("daemon", $"#!/bin/sh\nNIX_CONFIG='{RealNix.Configuration}' exec nix-daemon \"$@\" --store {_folder["root"]}\n");
        File.SetUnixFileMode(daemon, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var hostKey = _folder.Write("host.pub", System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(server.HostKey)) + " host\n");
        var line = string.Create(CultureInfo.InvariantCulture, $"ssh-ng://{Environment.UserName}@127.0.0.1:{server.Port}?remote-program={daemon}&trusted=1 x86_64-linux {server.Key} 2 - kvm");

        await NixSharpProgram.RunAsync("builders", "write", _folder["etc"], "--machine", line, "--host-key-file", hostKey);

        Assert.Equal("reached\n", await CommandLine.RunAsync("ssh", "-F", _folder["etc/ssh_config"], "127.0.0.1", "echo reached"));
        Assert.Contains("127.0.0.1", await NixSharpProgram.RunAsync("builders", "check", "--machines-file", _folder["etc/machines"]), StringComparison.Ordinal);

        // Real Nix builds there: it has no jobs of its own, and the derivation asks for what only the machine offers. Nix 2.8 knows
        // no ports, so port, key and host key come from the settings for SSH.
        var expression = _folder.Write("default.nix", $$"""derivation { name = "far"; system = "x86_64-linux"; builder = {{bash}}; args = [ "-c" "echo made > $out" ]; requiredSystemFeatures = [ "kvm" ]; }""");
        var options = new CommandLineOptions { Environment = new Dictionary<string, string> { ["NIX_CONFIG"] = RealNix.Configuration, ["NIX_SSHOPTS"] = $"-F {_folder["etc/ssh_config"]}" } };
        var built = await CommandLine.TryRunAsync(
            options, "nix-build", "--store", _folder["local"], expression, "--no-out-link", "--option", "max-jobs", "0", "--option", "builders", $"ssh-ng://127.0.0.1?remote-program={daemon} x86_64-linux - 2 - kvm");
        Assert.True(built.ExitCode == 0, built.Error);
        Assert.Single(Directory.EnumerateFiles(_folder["root/nix/store"], "*-far"));
    }

    [Fact]
    public async Task A_dead_machine_fails_the_check_with_its_name()
    {
        var result = await NixSharpProgram.TryRunAsync("builders", "check", "--machine", "ssh-ng://127.0.0.1:1 x86_64-linux", "--json");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error: NIXS3076: 1 of 1 build machines cannot be used:\nssh-ng://127.0.0.1:1", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Machines_come_from_the_endpoint_slices_of_a_cluster()
    {
        await using var server = await ApiServer.StartAsync();
        server.Answer = static (_, _) => (200, """{"items":[{"endpoints":[{"hostname":"b-0"},{"hostname":"b-1"}]}]}""");
        using var client = new ClusterClient(server.Access);

        var machines = await ClusterMachines.FindAsync(client, BuildMachine.ParseAll("ssh-ng://root@builders?trusted=1 x86_64-linux - 4").Single());

        Assert.Equal(["ssh-ng://root@b-0.builders?trusted=1 x86_64-linux - 4", "ssh-ng://root@b-1.builders?trusted=1 x86_64-linux - 4"], machines.Select(static machine => machine.ToString()));
    }

    [Fact]
    public async Task The_command_line_of_the_manifest_is_one_that_the_tool_takes()
    {
        var options = new CsiManifestOptions { Image = "i", Builders = [new CsiBuilderOptions { System = "x86_64-linux", Image = "b" }] };
        var container = CsiManifest.Create(options).SelectMany(static file => file.Objects).OfType<DaemonSet>().Single().Spec.Template.Spec.Containers.Single(static item => item.Name == "builders");
        Assert.Equal(["--every", "30"], container.Args.TakeLast(2));

        // Once, it fails for want of a cluster, not of the right words.
        var result = await NixSharpProgram.TryRunAsync([.. container.Args.SkipLast(2)]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error: NIXS3074: ", result.Error, StringComparison.Ordinal);
    }
}
