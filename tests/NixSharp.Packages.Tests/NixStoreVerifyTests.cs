using Xunit;

namespace NixSharp.Packages.Tests;

[Collection(PackagesCollection.Name)]
public sealed class NixStoreVerifyTests(PackagesFixture packages)
{
    [Fact]
    public async Task A_damaged_store_fails_the_build_and_is_repaired_from_another_one()
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp(properties: "<NixCopyTo>./other</NixCopyTo>");
        var path = (string)Assert.Single(await repository.GetItemsAsync("NixCopy", "NixCopiedPath"))["Identity"]!;
        Assert.Equal("1", (string)Assert.Single(await repository.GetItemsAsync("NixStoreVerify", "NixVerifiedStore"))["PathsChecked"]!);

        var file = Directory.EnumerateFiles(repository.Store + path, "*.dll").First();
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(file, "damaged");
        var result = await repository.TryBuildAsync("-t:NixStoreVerify");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error NIXS2014", result.Output, StringComparison.Ordinal);

        var repaired = Assert.Single(await repository.GetItemsAsync("NixStoreVerify", "NixVerifiedStore", "-p:NixStoreRepairFrom=./other"));
        Assert.Equal(path, (string)repaired["Repaired"]!);
        await repository.GetItemsAsync("NixStoreVerify", "NixVerifiedStore");
    }
}
