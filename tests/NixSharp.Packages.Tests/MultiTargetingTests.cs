using Xunit;

namespace NixSharp.Packages.Tests;

[Collection(PackagesCollection.Name)]
public sealed class MultiTargetingTests(PackagesFixture packages)
{
    private const string Frameworks =
        """
        <TargetFrameworks>
          net10.0;
          netstandard2.0;
        </TargetFrameworks>
        """;

    [Fact]
    public async Task The_first_framework_is_taken_and_named()
    {
        using var repository = packages.CreateRepository();
        WriteApp(repository);

        var output = await repository.BuildAsync("-t:NixPublish");

        Assert.Contains("NixSharp takes net10.0 of", output, StringComparison.Ordinal);
        Assert.True(Directory.Exists(repository["obj/Debug/net10.0/nix"]));
        Assert.False(Directory.Exists(repository["bin/Debug/netstandard2.0"]));
    }

    [Fact]
    public async Task Another_framework_can_be_taken()
    {
        using var repository = packages.CreateRepository();
        WriteApp(repository);

        var path = Assert.Single(await repository.GetItemsAsync("NixPublish", "NixStorePath", "-p:NixTargetFramework=netstandard2.0"));

        Assert.True(File.Exists(Path.Combine((string)path["RealPath"]!, "Hello.dll")));
        Assert.True(Directory.Exists(repository["obj/Debug/netstandard2.0/nix"]));
    }

    [Fact]
    public async Task Clean_reaches_the_inner_builds()
    {
        using var repository = packages.CreateRepository();
        WriteApp(repository);
        await repository.BuildAsync("-t:NixPublish");

        await repository.DotnetAsync("clean");

        Assert.False(Directory.Exists(repository["obj/Debug/net10.0/nix"]));
    }

    [Fact]
    public async Task A_framework_that_the_project_does_not_have_is_refused()
    {
        using var repository = packages.CreateRepository();
        WriteApp(repository);

        var result = await repository.TryBuildAsync("-t:NixPublish", "-p:NixTargetFramework=net8.0");

        Assert.Contains("error NIXS7006: ", result.Output, StringComparison.Ordinal);
    }

    private static void WriteApp(EmptyRepository repository) => repository.WriteApp(frameworks: Frameworks);
}
