using NixSharp.Volumes;
using Xunit;

namespace NixSharp.Core.Tests.Volumes;

public sealed class VolumeNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("web-1")]
    [InlineData("csi-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("Pod_1.volume")]
    public void A_plain_name_is_taken_as_it_is(string text)
    {
        Assert.Equal(text, VolumeName.Parse(text).ToString());
        Assert.True(VolumeName.TryParse(text, out var name));
        Assert.Equal(VolumeName.Parse(text), name);
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("/etc", "character 1")]
    [InlineData("..", "begin")]
    [InlineData(".", "begin")]
    [InlineData(".hidden", "begin")]
    [InlineData("../etc", "character 3")]
    [InlineData("a/b", "character 2")]
    [InlineData("a b", "character 2")]
    [InlineData("a\0b", "a\\x00b")]
    [InlineData("a\nb", "a\\x0ab")]
    [InlineData("-rf", "begin")]
    [InlineData("caf\u00e9", "character 4")]
    [InlineData("a*", "character 2")]
    public void Anything_else_is_refused_and_the_message_says_why(string text, string why)
    {
        var error = Assert.Throws<VolumeException>(() => VolumeName.Parse(text));
        Assert.Equal(NixErrorCodes.InvalidVolumeName, error.Code);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.False(VolumeName.TryParse(text, out _));
    }

    [Fact]
    public void A_name_has_at_most_128_characters()
    {
        VolumeName.Parse(new string('n', 128));
        var error = Assert.Throws<VolumeException>(() => VolumeName.Parse(new string('n', 100_000)));
        Assert.InRange(error.Message.Length, 1, 500);
    }

    [Fact]
    public void Nothing_is_no_name() => Assert.False(VolumeName.TryParse(null, out _));
}
