using NixSharp.Registries;
using Xunit;

namespace NixSharp.Core.Tests.Registries;

public sealed class PreviousLayerPoliciesTests
{
    [Fact]
    public void Every_policy_has_a_name_and_the_first_is_the_default()
    {
        Assert.Equal(Enum.GetValues<PreviousLayerPolicy>(), PreviousLayerPolicies.Names.Select(PreviousLayerPolicies.Parse));
        Assert.Equal(new PushOptions().PreviousLayers, PreviousLayerPolicies.Parse(PreviousLayerPolicies.Names[0]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Verify")]
    [InlineData("TakeOver")]
    public void Other_names_have_a_code(string name) =>
        Assert.Equal(NixErrorCodes.InvalidSetting, Assert.Throws<NixConfigurationException>(() => PreviousLayerPolicies.Parse(name)).Code);
}
