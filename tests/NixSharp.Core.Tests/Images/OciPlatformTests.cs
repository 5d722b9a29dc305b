using NixSharp.Images.Oci;
using Xunit;

namespace NixSharp.Core.Tests.Images;

public sealed class OciPlatformTests
{
    [Theory]
    [InlineData("linux/amd64")]
    [InlineData("linux/arm/v7")]
    [InlineData("windows/amd64")]
    public void A_platform_is_read_and_written(string text) => Assert.Equal(text, OciPlatform.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("linux")]
    [InlineData("linux/amd64/v1/x")]
    [InlineData("Linux/amd64")]
    public void Other_text_is_refused(string text) =>
        Assert.Equal(NixErrorCodes.InvalidImageOptions, Assert.Throws<ImageException>(() => OciPlatform.Parse(text)).Code);

    [Theory]
    [InlineData("linux/arm64", "linux/arm64/v8", true)]
    [InlineData("linux/arm64/v8", "linux/arm64", true)]
    [InlineData("linux/arm/v7", "linux/arm/v6", true)]
    [InlineData("linux/arm/v6", "linux/arm/v7", false)]
    [InlineData("linux/arm/v6", "linux/arm", false)]
    [InlineData("linux/amd64", "linux/amd64/v3", false)]
    [InlineData("linux/amd64/v3", "linux/amd64", true)]
    [InlineData("linux/amd64", "linux/386", false)]
    [InlineData("linux/amd64", "windows/amd64", false)]
    [InlineData("linux/mips/r2", "linux/mips/r2", true)]
    [InlineData("linux/mips/r2", "linux/mips/r6", false)]
    public void What_was_made_for_no_newer_processor_suits(string machine, string image, bool suits) =>
        Assert.Equal(suits, OciPlatform.Parse(machine).Suits(OciPlatform.Parse(image)) is not null);

    [Fact]
    public void The_newest_that_suits_is_the_best()
    {
        var machine = OciPlatform.Parse("linux/arm/v7");
        Assert.True(machine.Suits(OciPlatform.Parse("linux/arm/v7")) > machine.Suits(OciPlatform.Parse("linux/arm/v6")));
    }
}
