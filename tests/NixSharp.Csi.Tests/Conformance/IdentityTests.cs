using System.Text.RegularExpressions;
using NixSharp.Csi.Protocol;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Csi.Tests.Conformance;

public sealed partial class IdentityTests(HostFixture host) : IClassFixture<HostFixture>
{
    [RequiresFact(Requirements.Root)]
    public async Task The_plugin_s_capabilities_are_known_ones()
    {
        var answer = await host.Client.IdentityAsync<GetPluginCapabilitiesRequest, GetPluginCapabilitiesResponse>(new());
        Assert.Equal(PluginCapability.Types.Service.Types.Type.ControllerService, Assert.Single(answer.Capabilities).Service.Type);
    }

    [RequiresFact(Requirements.Root)]
    public async Task A_probe_says_that_the_plugin_is_ready() => Assert.True(await host.Client.ProbeAsync());

    [RequiresFact(Requirements.Root)]
    public async Task The_plugin_has_a_name_by_the_rules_and_a_version()
    {
        var info = await host.Client.IdentityAsync<GetPluginInfoRequest, GetPluginInfoResponse>(new());
        Assert.Equal("nix.csi.store", info.Name);
        Assert.InRange(info.Name.Length, 1, 63);
        Assert.Matches(Name(), info.Name);
        Assert.Matches(@"^\d+\.\d+\.\d+$", info.VendorVersion);
    }

    [Theory]
    [InlineData("nix.csi.store")]
    [InlineData("nixkube")]
    [InlineData("a-1.B")]
    public void Names_by_the_rules_are_taken(string name) => Assert.Equal(name, PluginName.Check(name));

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData(".nix")]
    [InlineData("nix-")]
    [InlineData("nix_csi")]
    [InlineData("nix csi")]
    [InlineData("nix\n")]
    [InlineData("nix/csi")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Other_names_are_refused(string name) =>
        Assert.Equal(NixErrorCodes.InvalidSetting, Assert.Throws<NixConfigurationException>(() => PluginName.Check(name)).Code);

    [GeneratedRegex(@"^[a-zA-Z][A-Za-z0-9-\\.\\_]{0,61}[a-zA-Z]$")]
    private static partial Regex Name();
}
