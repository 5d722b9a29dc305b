using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NixSharp.Csi.Http2;
using Xunit;

namespace NixSharp.Csi.Tests.Http2;

public sealed class HeaderBlockTests
{
    // "www.example.com" and "custom-value", as RFC 7541 has them in its examples (C.4.1, C.4.3).
    private const string Example = "f1e3c2e5f23a6ba0ab90f4ff";
    private const string Custom = "25a849e95bb8e8b4bf";

    [Theory]
    [InlineData(Example, 15)]
    [InlineData(Custom, 12)]
    [InlineData("a8eb10649cbf", 8)]
    [InlineData("", 0)]
    [InlineData("d07abe941054d444a8200595040b8166e082a62d1bff", 29)]
    public void Huffman_code_is_measured(string bytes, int length) =>
        Assert.Equal(length, HuffmanText.MeasureDecoded(Convert.FromHexString(bytes)));

    [Theory]
    [InlineData("00000000000000")]
    [InlineData("ff")]
    [InlineData("fffffffffffffff0")]
    public void What_ends_in_other_padding_is_no_Huffman_code(string bytes) =>
        Assert.Null(HuffmanText.MeasureDecoded(Convert.FromHexString(bytes)));

    [Theory]
    [InlineData("41")]
    [InlineData("01")]
    [InlineData("11")]
    [InlineData("400a3a617574686f72697479")]
    [InlineData("4088b83b5339ec327d7f")]
    public void An_authority_is_replaced_however_it_is_named(string name)
    {
        var block = Convert.FromHexString("8386" + name + "0d" + Convert.ToHexString("/csi/csi.sock"u8) + "84");
        var changed = HeaderBlock.ReplaceAuthority(block);
        Assert.Equal(Convert.FromHexString("8386" + name + "0d" + Convert.ToHexString("xxxxxxxxxxxxx"u8) + "84"), changed);
    }

    [Fact]
    public void An_authority_in_Huffman_code_becomes_one_as_long()
    {
        var block = Convert.FromHexString("828684418c" + Example);
        Assert.Equal(Convert.FromHexString("82868441" + "0f" + Convert.ToHexString(Encoding.ASCII.GetBytes(new string('x', 15)))), HeaderBlock.ReplaceAuthority(block));
    }

    [Fact]
    public void Other_headers_stay_as_they_are()
    {
        // :path of one's own, a change of the table's size, a header that is never indexed.
        var block = Convert.FromHexString("3fe11f" + "8386" + "440c" + Convert.ToHexString("/sample/path"u8) + "1008" + Convert.ToHexString("password"u8) + "06" + Convert.ToHexString("secret"u8));
        Assert.Equal(block, HeaderBlock.ReplaceAuthority(block));
    }

    [Fact]
    public void Anything_can_be_read_without_an_error() =>
        Prop.ForAll<byte[]>(block => HeaderBlock.ReplaceAuthority(block) is not null).QuickCheckThrowOnFailure();
}
