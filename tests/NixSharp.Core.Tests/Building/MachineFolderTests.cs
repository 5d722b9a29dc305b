using NixSharp.Building.Machines;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Building;

public sealed class MachineFolderTests : IDisposable
{
    private const string HostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tr comment";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_service_becomes_a_line_a_host_and_settings_for_SSH()
    {
        var service = Parse("ssh-ng://nix@builders?trusted=1 x86_64-linux /keys/id_ed25519 4 - kvm");
        var machines = MachineHosts.WithHostKey(MachineHosts.Expand(service, ["b-0.builders", "b-1.builders"]), HostKey);

        Assert.True(await MachineFolder.WriteAsync(_folder["etc"], machines));

        Assert.Equal(machines, BuildMachine.ReadFile(_folder["etc/machines"]));
        Assert.StartsWith("ssh-ng://nix@b-0.builders?trusted=1 x86_64-linux /keys/id_ed25519 4 - kvm - ", File.ReadAllLines(_folder["etc/machines"])[0], StringComparison.Ordinal);
        Assert.Equal(
            ["b-0.builders ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tr", "b-1.builders ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tr"],
            File.ReadAllLines(_folder["etc/known_hosts"]));
        Assert.Equal(
            $"""
            Host b-0.builders
              User nix
              IdentityFile "/keys/id_ed25519"
              IdentitiesOnly yes
              UserKnownHostsFile "{_folder["etc/known_hosts"]}"
              StrictHostKeyChecking yes
              BatchMode yes
              ConnectTimeout 20
              ServerAliveInterval 15

            """,
            File.ReadAllText(_folder["etc/ssh_config"]).Split("\nHost ")[0]);
    }

    [Fact]
    public async Task What_is_right_already_is_left_alone()
    {
        IReadOnlyList<BuildMachine> machines = [Parse("ssh-ng://a x86_64-linux")];
        Assert.True(await MachineFolder.WriteAsync(_folder["etc"], machines));
        Assert.False(await MachineFolder.WriteAsync(_folder["etc"], machines));
        Assert.True(await MachineFolder.WriteAsync(_folder["etc"], []));
        Assert.Empty(File.ReadAllText(_folder["etc/machines"]));
        Assert.Equal(["known_hosts", "machines", "ssh_config"], Directory.EnumerateFileSystemEntries(_folder["etc"]).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a\nHost *")]
    [InlineData("-oProxyCommand=sh")]
    [InlineData("")]
    [InlineData("a;b")]
    public void A_host_with_odd_characters_is_refused(string host) =>
        Assert.Equal(NixErrorCodes.InvalidBuilders, Assert.Throws<NixConfigurationException>(() => MachineHosts.Expand(Parse("ssh-ng://s"), [host])).Code);

    [Theory]
    [InlineData("not a key")]
    [InlineData("ssh-ed25519")]
    [InlineData("ssh-ed25519 AAA*")]
    public void A_host_key_that_is_none_is_refused(string key) =>
        Assert.Equal(NixErrorCodes.InvalidBuilders, Assert.Throws<NixConfigurationException>(() => MachineHosts.WithHostKey([Parse("ssh-ng://s")], key)).Code);

    [Fact]
    public async Task A_machine_that_would_read_back_as_another_is_refused_and_nothing_is_written()
    {
        var machine = Parse("ssh-ng://s") with { SshKey = "/keys/my key" };
        var error = await Assert.ThrowsAsync<NixConfigurationException>(() => MachineFolder.WriteAsync(_folder["etc"], [machine]));
        Assert.Equal(NixErrorCodes.InvalidBuilders, error.Code);
        Assert.False(Directory.Exists(_folder["etc"]));
    }

    private static BuildMachine Parse(string line) => BuildMachine.ParseAll(line).Single();
}
