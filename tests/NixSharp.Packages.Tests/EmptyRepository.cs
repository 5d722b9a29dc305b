using Newtonsoft.Json.Linq;
using NixSharp.Testing;

namespace NixSharp.Packages.Tests;

/// <summary>A folder outside this repository, where the packages can be restored from the feed.</summary>
public sealed class EmptyRepository : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PackagesFixture _packages;

    public EmptyRepository(PackagesFixture packages)
    {
        _packages = packages;
        var machine = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        Directory.CreateDirectory(machine);
        Write("nuget.config",
            $"""
            <configuration>
              <config>
                <add key="globalPackagesFolder" value="{this["packages"]}" />
              </config>
              <fallbackPackageFolders>
                <add key="machine" value="{machine}" />
              </fallbackPackageFolders>
              <packageSources>
                <add key="local" value="{packages.Feed}" />
              </packageSources>
            </configuration>
            """);
    }

    /// <summary>The chroot store that the builds in this repository use.</summary>
    public string Store => this["store"];

    public string this[string relative] => _folder[relative];

    public string Write(string relative, string contents) => _folder.Write(relative, contents);

    /// <summary>Writes an application that says hello, in the repository's root.</summary>
    public void WriteApp(string properties = "", string items = "", string frameworks = "<TargetFramework>net10.0</TargetFramework>")
    {
        Write("Program.cs", "System.Console.WriteLine(\"hello\");\n");
        Write("Hello.csproj",
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                {frameworks}
                <Version>1.2.3</Version>
                <NixStore>{Store}</NixStore>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="NixSharp.MSBuild" Version="{_packages.Version}" PrivateAssets="all" />
                {items}
              </ItemGroup>
            </Project>
            """);
    }

    /// <summary>Builds, and returns what was printed; the build has to succeed.</summary>
    public Task<string> BuildAsync(params string[] arguments) => Dotnet.RunAsync(_folder.Path, ["build", .. arguments]);

    /// <summary>Builds, successfully or not.</summary>
    public Task<CommandLineResult> TryBuildAsync(params string[] arguments) => Dotnet.TryRunAsync(_folder.Path, ["build", .. arguments]);

    /// <summary>Runs a target, and returns the items that it left under a name.</summary>
    public async Task<IReadOnlyList<JObject>> GetItemsAsync(string target, string item, params string[] arguments)
    {
        await BuildAsync([$"-t:{target}", .. arguments]);
        var output = await BuildAsync(["--no-restore", $"-t:{target}", $"-getItem:{item}", .. arguments]);
        return [.. JObject.Parse(output)["Items"]![item]!.Cast<JObject>()];
    }

    /// <summary>Runs any other dotnet command.</summary>
    public Task<string> DotnetAsync(params string[] arguments) => Dotnet.RunAsync(_folder.Path, arguments);

    public void Dispose() => _folder.Dispose();
}
