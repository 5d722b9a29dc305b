using NixSharp.GitOps.Nodes;
using Xunit;

namespace NixSharp.Core.Tests.GitOps;

public sealed class NodeContainerTests
{
    [Theory]
    [InlineData(null, "/repo#web")]
    [InlineData("hosts/all", "/repo/hosts/all#web")]
    public void A_flake_is_built_where_it_is_in_its_repository(string? folder, string expected)
    {
        var command = new NodeContainer { Engine = "podman", Arguments = ["--cpus=2"] }.Build("/src/infra", folder, "web", "aarch64-linux", "/out", null);
        Assert.Equal(["run", "--rm", "--privileged", "--platform", "linux/arm64", "--volume", "/src/infra:/repo:ro", "--volume", "/out:/output", "--cpus=2"], command.Arguments.Take(10));
        Assert.Equal(expected, command.Arguments[^1]);
    }

    [Fact]
    public void A_system_that_engines_do_not_know_is_refused()
    {
        var error = Assert.Throws<GitOpsException>(() => new NodeContainer().Build("/src/infra", null, "web", "mips-linux", "/out", null));
        Assert.Equal(NixErrorCodes.EmulationMissing, error.Code);
    }
}
