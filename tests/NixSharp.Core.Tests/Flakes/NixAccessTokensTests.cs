using NixSharp.Flakes;
using Xunit;

namespace NixSharp.Core.Tests.Flakes;

public sealed class NixAccessTokensTests
{
    [Theory]
    [InlineData("machine github.com login me password secret", "secret")]
    [InlineData("machine other login password password no\n\tmachine\tgithub.com\n  login machine\n  password secret\n", "secret")]
    [InlineData("# machine github.com password no\nmachine github.com password secret", "secret")]
    [InlineData("machine github.com login me\nmachine other password no", null)]
    [InlineData("machine github.com.evil password no", null)]
    [InlineData("machine github.com login me\ndefault password no", null)]
    [InlineData("machine github.com password", null)]
    [InlineData("", null)]
    public void The_password_of_the_host_is_found_in_a_netrc(string text, string? expected) =>
        Assert.Equal(expected, NixAccessTokens.ReadNetrc(text, "github.com"));
}
