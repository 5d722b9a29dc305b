using NixSharp.Configuration;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Configuration;

public sealed class NixConfigurationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_not_set_has_the_defaults_of_Nix()
    {
        var empty = NixConfiguration.Parse("# nothing\n\n   \n");
        Assert.Empty(empty.Names);
        Assert.Equal(["https://cache.nixos.org/"], empty.Substituters);
        Assert.Equal(["cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY="], empty.TrustedPublicKeys);
        Assert.Equal((1, 0, false, true, true), (empty.MaxJobs, empty.Cores, empty.KeepOutputs, empty.KeepDerivations, empty.RequireSignatures));
        Assert.Equal(25, empty.HttpConnections);
        Assert.Null(empty.BuildTimeout);
        Assert.Equal("auto", empty.Store);
    }

    [Fact]
    public void Settings_are_read_with_their_types_and_under_their_old_names()
    {
        var read = NixConfiguration.Parse("""
            substituters =  https://a.example   file:///b # and no others
            max-jobs = auto
            build-cores = 3
            gc-keep-outputs = yes
            keep-derivations = 0
            http-connections = 0
            timeout = 90
            narinfo-cache-negative-ttl = 1K
            no-such-setting = as it is
            netrc-file = /etc/nix/netrc # x
            secret-key-files =
            """);
        Assert.Equal(["https://a.example", "file:///b"], read.Substituters);
        Assert.Equal((Environment.ProcessorCount, 3, true, false), (read.MaxJobs, read.Cores, read.KeepOutputs, read.KeepDerivations));
        Assert.Null(read.HttpConnections);
        Assert.Equal(TimeSpan.FromSeconds(90), read.BuildTimeout);
        Assert.Equal(TimeSpan.FromSeconds(1024), read.NegativeLookupLifetime);
        Assert.Equal("as it is", read.GetText("no-such-setting"));
        Assert.Equal("/etc/nix/netrc", read.NetrcFile);
        Assert.Empty(read.SecretKeyFiles);
        Assert.Equal(read.ToString(), NixConfiguration.Parse(read.ToString()).ToString());
    }

    [Fact]
    public void Extra_settings_add_to_what_was_set_before_or_is_the_default()
    {
        Assert.Equal(["https://cache.nixos.org/", "a", "b"], NixConfiguration.Parse("extra-substituters = a\nextra-substituters = b").Substituters);
        Assert.Equal(["x", "a"], NixConfiguration.Parse("substituters = x\nextra-substituters = a").Substituters);
        Assert.Equal(["x"], NixConfiguration.Parse("extra-substituters = a\nsubstituters = x").Substituters);
        Assert.Equal(["x", "a"], NixConfiguration.Parse("extra-binary-caches = a").With("substituters", "x").With("extra-substituters", "a").Substituters);
    }

    [Theory]
    [InlineData("sandbox true", "Line 1 of the configuration")]
    [InlineData("\nsandbox", "Line 2 of the configuration")]
    [InlineData("= x", "Line 1")]
    [InlineData("include a b", "Line 1")]
    [InlineData("include = b", "Line 1")]
    [InlineData("include /no/such/file", "/no/such/file")]
    public void A_line_that_cannot_be_read_is_named(string text, string where)
    {
        var error = Assert.Throws<NixFormatException>(() => NixConfiguration.Parse(text));
        Assert.Equal(NixErrorCodes.InvalidNixConfiguration, error.Code);
        Assert.Contains(where, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("keep-outputs = maybe")]
    [InlineData("keep-outputs = True")]
    [InlineData("max-jobs = -1")]
    [InlineData("max-jobs = 1 2")]
    [InlineData("max-jobs =")]
    [InlineData("max-jobs = 99999999999999T")]
    public void A_value_of_the_wrong_type_is_refused_when_it_is_asked_for(string line)
    {
        var read = NixConfiguration.Parse(line);
        Assert.Equal(NixErrorCodes.InvalidNixConfiguration, Assert.Throws<NixFormatException>(() => (read.KeepOutputs, read.MaxJobs)).Code);
    }

    [Fact]
    public void Files_are_included_from_beside_the_file_and_may_be_missing_where_that_is_said()
    {
        _folder.Write("conf/more/b.conf", "cores = 2\ninclude c.conf\n");
        _folder.Write("conf/more/c.conf", "extra-substituters = c\n");
        var file = _folder.Write("conf/nix.conf", "cores = 1\ninclude more/b.conf\n!include missing.conf\nmax-jobs = 5\n");
        var read = NixConfiguration.Parse(File.ReadAllText(file), file);
        Assert.Equal((2, 5), (read.Cores, read.MaxJobs));
        Assert.Contains("c", read.Substituters);
    }

    [Fact]
    public void Files_that_include_each_other_come_to_an_end()
    {
        var file = _folder.Write("nix.conf", "include nix.conf\n");
        Assert.Equal(NixErrorCodes.InvalidNixConfiguration, Assert.Throws<NixFormatException>(() => NixConfiguration.Parse(File.ReadAllText(file), file)).Code);
    }

    [Fact]
    public void Later_files_and_the_environment_win()
    {
        var environment = new Dictionary<string, string>
        {
            ["NIX_CONF_DIR"] = _folder["system"],
            ["XDG_CONFIG_HOME"] = _folder["home"],
            ["XDG_CONFIG_DIRS"] = $"{_folder["xdg"]}:{_folder["absent"]}",
            ["NIX_CONFIG"] = "max-jobs = 4\nextra-substituters = four",
        };
        _folder.Write("system/nix.conf", "cores = 1\nmax-jobs = 1\nsubstituters = one\nkeep-outputs = true");
        _folder.Write("xdg/nix/nix.conf", "cores = 2\nmax-jobs = 2\nextra-substituters = two");
        _folder.Write("home/nix/nix.conf", "cores = 3\nmax-jobs = 3");
        var read = NixConfiguration.Load(environment.GetValueOrDefault);
        Assert.Equal((3, 4, true), (read.Cores, read.MaxJobs, read.KeepOutputs));
        Assert.Equal(["one", "two", "four"], read.Substituters);

        environment["NIX_USER_CONF_FILES"] = _folder.Write("own.conf", "cores = 9");
        read = NixConfiguration.Load(environment.GetValueOrDefault);
        Assert.Equal(9, read.Cores);
        Assert.Equal(["one", "four"], read.Substituters);
    }
}
