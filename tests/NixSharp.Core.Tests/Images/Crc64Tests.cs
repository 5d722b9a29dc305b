using NixSharp.Images.Seekable;
using Xunit;

namespace NixSharp.Core.Tests.Images;

public sealed class Crc64Tests
{
    [Fact]
    public void The_sum_is_that_of_the_standard_however_the_bytes_come()
    {
        var whole = default(Crc64);
        whole.Add("123456789"u8);
        var parts = default(Crc64);
        parts.Add("1"u8);
        parts.Add(""u8);
        parts.Add("23456789"u8);
        Assert.Equal("B90956C775A41001", Convert.ToHexString(whole.ToBytes()));
        Assert.Equal(whole.ToBytes(), parts.ToBytes());
    }
}
