using NixSharp.Testing;
using Xunit;

namespace NixSharp.Packages.Tests;

[Collection(PackagesCollection.Name)]
public sealed class ErrorTests(PackagesFixture packages)
{
    [Theory]
    [InlineData("NIXS7001", "-t:NixPublish", "-p:_NixMSBuildVersion=17.14.0")]
    [InlineData("NIXS7003", "-t:NixPush")]
    [InlineData("NIXS7003", "-t:NixBuild")]
    [InlineData("NIXS7004", "-t:NixImage", "-p:NixImageSource=somewhere")]
    [InlineData("NIXS7004", "-t:NixPush", "-p:NixImageRegistry=localhost", "-p:NixImageEngine=rsync")]
    [InlineData("NIXS7004", "-t:NixPush", "-p:NixImageRegistry=localhost:1", "-p:NixImageConnections=0")]
    [InlineData("NIXS7005", "-t:NixPublish", "-p:IsPublishable=false")]
    [InlineData("NIXS2001", "-t:NixPublish", "-p:NixStore=ftp://example.org")]
    public async Task What_is_wrong_has_a_code(string code, params string[] arguments)
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp();

        var result = await repository.TryBuildAsync(arguments);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"error {code}: ", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(GoldenData.RepositoryRoot, "docs", "diagnostics", $"{code}.md")), $"{code} has no page.");
    }
}
