using NixSharp.Stores;
using NixSharp.Stores.Protocol;
using Xunit;

namespace NixSharp.Core.Tests.Stores.Protocol;

public sealed class SshCommandTests
{
    [Theory]
    [InlineData("ssh-ng://builder", "ssh -x -a -- builder 'nix-daemon --stdio'")]
    [InlineData("ssh-ng://me@builder:2222?compress=true", "ssh -C -p 2222 -x -a -- me@builder 'nix-daemon --stdio'")]
    [InlineData("ssh-ng://builder?ssh-key=/etc/key", "ssh -i /etc/key -x -a -- builder 'nix-daemon --stdio'")]
    [InlineData("ssh-ng://[fe80::1%25eth0]", "ssh -x -a -- fe80::1%eth0 'nix-daemon --stdio'")]
    public void Parameters_become_options(string uri, string expected)
    {
        using var command = new SshCommand(StoreReference.Parse(uri));
        Assert.Equal(expected, command.Build("").ToString());
    }

    [Fact]
    public void What_the_other_shell_reads_is_quoted()
    {
        using var command = new SshCommand(StoreReference.Parse("ssh-ng://builder?remote-program=env%20A=b%20nix-daemon&remote-store=/srv/a%20b%3Btouch%20x%27"));
        Assert.Equal(@"env A=b nix-daemon --stdio --store '/srv/a b;touch x'\'''", command.Build("").Arguments[^1]);
    }

    [Fact]
    public void Options_from_the_environment_come_first_and_may_be_quoted()
    {
        using var command = new SshCommand(StoreReference.Parse("ssh-ng://builder"));
        Assert.Equal(["-F", "/a b", "-oX=y z", "", "-x"], command.Build("-F '/a b'  -oX=\"y z\" ''").Arguments.Take(5));
    }

    [Theory]
    [InlineData("ssh-ng://me:secret@host", "password")]
    [InlineData("ssh-ng://host?base64-ssh-public-host-key=%21", "base 64")]
    public void What_ssh_must_not_get_is_refused_and_secrets_are_not_told(string uri, string why)
    {
        var error = Assert.Throws<NixStoreException>(() => new SshCommand(StoreReference.Parse(uri)));
        Assert.Equal(NixErrorCodes.InvalidStoreUri, error.Code);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-oProxyCommand=x", null)]
    [InlineData("host", "-l")]
    public void A_host_or_user_that_ssh_would_take_for_an_option_is_refused(string host, string? user)
    {
        var reference = new StoreReference(StoreKind.SshNg) { Authority = new StoreAuthority(host) { User = user } };
        Assert.Contains("dash", Assert.Throws<NixStoreException>(() => new SshCommand(reference)).Message, StringComparison.Ordinal);
        Assert.Throws<NixStoreException>(() => StoreReference.Parse(reference.ToString()));
    }

    [Fact]
    public void The_host_key_is_known_while_the_command_is_needed_and_no_longer()
    {
        string file;
        using (var command = new SshCommand(StoreReference.Parse("ssh-ng://builder:2222?base64-ssh-public-host-key=c3NoLWVkMjU1MTkgQUFBQQ==")))
        {
            file = command.Build("").Arguments.Single(static argument => argument.StartsWith("-oUserKnownHostsFile=", StringComparison.Ordinal)).Split('=')[1];
            Assert.Equal("[builder]:2222 ssh-ed25519 AAAA\n", File.ReadAllText(file));
        }

        Assert.False(File.Exists(file));
    }
}
