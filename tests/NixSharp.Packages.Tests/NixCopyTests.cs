using NixSharp.Testing;
using Xunit;

namespace NixSharp.Packages.Tests;

[Collection(PackagesCollection.Name)]
public sealed class NixCopyTests(PackagesFixture packages)
{
    [RequiresFact("nix")]
    public async Task The_publish_output_is_copied_to_a_store_and_to_a_cache_that_Nix_reads()
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp(properties: "<NixCopyTo>./other;file://$(MSBuildProjectDirectory)/cache</NixCopyTo>");

        var copied = await repository.GetItemsAsync("NixCopy", "NixCopiedPath");

        Assert.Equal(2, copied.Count);
        var path = (string)copied[0]["Identity"]!;
        Assert.Equal(path, (string)copied[1]["Identity"]!);
        Assert.All(copied, static item => Assert.Equal("1", (string)item["PathsCopied"]!));
        Assert.Equal($"{path}\n", await RealNix.RunAsync(repository["other"], "nix", "path-info", path));
        Assert.Equal($"{path}\n", await RealNix.RunAsync($"file://{repository["cache"]}", "nix", "path-info", path));

        copied = await repository.GetItemsAsync("NixCopy", "NixCopiedPath");
        Assert.All(copied, static item => Assert.Equal("0", (string)item["PathsCopied"]!));
    }

    [Fact]
    public async Task Without_a_store_to_copy_to_there_is_a_coded_error()
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp();

        var result = await repository.TryBuildAsync("-t:NixCopy");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error NIXS7003", result.Output, StringComparison.Ordinal);
        Assert.Contains("NixCopyTo", result.Output, StringComparison.Ordinal);
    }
}
