using Newtonsoft.Json.Linq;
using NixSharp.Configuration;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Configuration;

public sealed class NixConfigurationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Settings_are_those_that_Nix_shows(NixRelease nix)
    {
        _folder.Write("system/more.conf", "cores = 3\nextra-trusted-public-keys = two-1:AAAA\n");
        _folder.Write("system/nix.conf", "substituters = https://one.example # comment\ninclude more.conf\n!include missing.conf\nkeep-outputs = true\ntrusted-public-keys = reset-1:AAAA\nmax-jobs = 2\n");
        _folder.Write("home/nix/nix.conf", "extra-substituters = file:///two   file:///three\nbuild-max-jobs = 7\nkeep-derivations = no\n");
        var environment = new Dictionary<string, string>
        {
            ["NIX_CONF_DIR"] = _folder["system"],
            ["XDG_CONFIG_HOME"] = _folder["home"],
            ["XDG_CONFIG_DIRS"] = _folder["absent"],
            ["NIX_CONFIG"] = "experimental-features = nix-command\nextra-trusted-public-keys = three-1:AAAA\ntimeout = 12\n",
        };
        string[] command = nix == NixRelease.Machine ? ["show-config", "--json"] : ["config", "show", "--json"];
        var shown = await CommandLine.TryRunAsync(new CommandLineOptions { Environment = environment }, nix.PathOf("nix"), command);
        Assert.True(shown.ExitCode == 0, shown.Error);
        var expected = JObject.Parse(shown.Output);
        var read = NixConfiguration.Load(environment.GetValueOrDefault);
        Assert.Equal(Value("substituters").Values<string>().Select(static uri => uri!.TrimEnd('/')), read.Substituters.Select(static uri => uri.TrimEnd('/')));
        Assert.Equal(Value("trusted-public-keys").Values<string>(), read.TrustedPublicKeys);
        Assert.Equal(Value("experimental-features").Count(), read.ExperimentalFeatures.Count);
        Assert.Equal(Value("secret-key-files").Values<string>(), read.SecretKeyFiles);
        Assert.Equal(Value("trusted-users").Values<string>(), read.TrustedUsers);
        Assert.Equal(Value("allowed-users").Values<string>(), read.AllowedUsers);
        Assert.Equal((int)Value("cores"), read.Cores);
        Assert.Equal((int)Value("max-jobs"), read.MaxJobs);
        Assert.Equal((bool)Value("keep-outputs"), read.KeepOutputs);
        Assert.Equal((bool)Value("keep-derivations"), read.KeepDerivations);
        Assert.Equal((bool)Value("require-sigs"), read.RequireSignatures);
        Assert.Equal((bool)Value("auto-optimise-store"), read.AutoOptimiseStore);
        Assert.Equal((int)Value("http-connections"), read.HttpConnections);
        Assert.Equal((int)Value("timeout"), read.BuildTimeout!.Value.TotalSeconds);
        Assert.Equal((int)Value("narinfo-cache-positive-ttl"), read.PositiveLookupLifetime.TotalSeconds);
        Assert.Equal((int)Value("narinfo-cache-negative-ttl"), read.NegativeLookupLifetime.TotalSeconds);
        Assert.Equal((string?)Value("system"), read.System);

        JToken Value(string name) => expected[name]!["value"]!;
    }
}
