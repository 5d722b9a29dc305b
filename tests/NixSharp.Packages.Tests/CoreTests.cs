using Xunit;

namespace NixSharp.Packages.Tests;

[Collection(PackagesCollection.Name)]
public sealed class CoreTests(PackagesFixture packages)
{
    [Fact]
    public async Task A_console_application_adds_to_a_store()
    {
        using var repository = packages.CreateRepository();
        repository.Write("Console.csproj",
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="NixSharp.Core" Version="{repository.Version}" />
              </ItemGroup>
            </Project>
            """);
        repository.Write("Program.cs",
            """
            using NixSharp.Closures;
            using NixSharp.Stores;

            await using var store = await NixStore.OpenAsync(args[0]);
            var app = await store.AddAsync("files", "hello-1.0");
            var closure = await store.GetClosureAsync(app);
            Console.WriteLine($"{app} {closure.NarSize}");
            """);
        repository.Write("files/hello.txt", "hello\n");

        var output = await repository.DotnetAsync("run", "--", repository.Store);

        Assert.Matches("^/nix/store/[0-9a-z]{32}-hello-1.0 [0-9]+\n$", output);
    }
}
