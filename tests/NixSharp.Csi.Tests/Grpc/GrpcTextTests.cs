using NixSharp.Csi.Grpc;
using Xunit;

namespace NixSharp.Csi.Tests.Grpc;

public sealed class GrpcTextTests
{
    [Theory]
    [InlineData("plain text: it's fine", "plain text: it's fine")]
    [InlineData("100%\nsure", "100%25%0Asure")]
    [InlineData("ö€", "%C3%B6%E2%82%AC")]
    [InlineData("", "")]
    public void Messages_are_percent_encoded_but_for_what_ASCII_prints(string message, string encoded) =>
        Assert.Equal(encoded, GrpcText.Encode(message));

    [Fact]
    public void Of_a_long_message_the_start_and_the_end_are_told()
    {
        var encoded = GrpcText.Encode("The build failed.\n" + string.Join('\n', Enumerable.Range(0, 5000)) + "\nthe last line");
        Assert.InRange(encoded.Length, 2000, 6 * 1024);
        Assert.StartsWith("The build failed.", encoded, StringComparison.Ordinal);
        Assert.EndsWith("the last line", encoded, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2H", 2 * 60 * 60 * 1000)]
    [InlineData("3M", 3 * 60 * 1000)]
    [InlineData("15S", 15 * 1000)]
    [InlineData("99999999m", 99999999)]
    [InlineData("5000u", 5)]
    [InlineData("1000000n", 1)]
    public void Timeouts_have_a_number_and_a_unit(string text, double milliseconds)
    {
        Assert.True(GrpcTimeout.TryParse(text, out var timeout));
        Assert.Equal(milliseconds, timeout.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("S")]
    [InlineData("-5S")]
    [InlineData("5s")]
    [InlineData("123456789S")]
    [InlineData(" 5S")]
    public void What_is_no_timeout_is_refused(string text) => Assert.False(GrpcTimeout.TryParse(text, out _));
}
