using NixSharp.StorePaths;
using Xunit;

namespace NixSharp.Core.Tests.SupplyChain;

public sealed class PackageNameTests
{
    [Theory]
    [InlineData("hello-2.12", "hello", "2.12")]
    [InlineData("nix-js-1.0-pre3", "nix-js", "1.0-pre3")]
    [InlineData("hello", "hello", null)]
    [InlineData("hello-", "hello-", null)]
    [InlineData("a-b-c", "a-b-c", null)]
    [InlineData("python3.12-six-1.16", "python3.12-six", "1.16")]
    [InlineData("x--1", "x", "-1")]
    [InlineData("source-_1", "source", "_1")]
    [InlineData("-1", "", "1")]
    [InlineData("", "", null)]
    public void A_name_is_taken_apart_as_nix_does_it(string text, string name, string? version)
    {
        var package = PackageName.Parse(text);
        Assert.Equal((name, version), (package.Name, package.Version));
        Assert.Equal(text, package.ToString());
    }
}
