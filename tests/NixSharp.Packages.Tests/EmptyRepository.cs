using Newtonsoft.Json.Linq;
using NixSharp.Testing;

namespace NixSharp.Packages.Tests;

/// <summary>A folder outside this repository, where the packages can be restored from the feed.</summary>
public sealed class EmptyRepository : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public EmptyRepository(PackagesFixture packages)
    {
        Version = packages.Version;
        Write("nuget.config",
            $"""
            <configuration>
              <packageSources>
                <add key="local" value="{packages.Feed}" />
              </packageSources>
            </configuration>
            """);
    }

    /// <summary>The version of the packages in the feed.</summary>
    public string Version { get; }

    /// <summary>What programs in this repository get, on top of the environment of the tests.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>The chroot store that the builds in this repository use.</summary>
    public string Store => this["store"];

    public string this[string relative] => _folder[relative];

    public string Write(string relative, string contents) => _folder.Write(relative, contents);

    /// <summary>Writes an application that says hello, in the repository's root.</summary>
    public void WriteApp(string properties = "", string items = "", string frameworks = "<TargetFramework>net10.0</TargetFramework>")
    {
        Write("Program.cs", "static class Program { static void Main() => System.Console.WriteLine(\"hello\"); }\n");
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
                <PackageReference Include="NixSharp.MSBuild" Version="{Version}" PrivateAssets="all" />
                {items}
              </ItemGroup>
            </Project>
            """);
    }

    /// <summary>Builds, and returns what was printed; the build has to succeed.</summary>
    public Task<string> BuildAsync(params string[] arguments) => DotnetAsync(["build", .. arguments]);

    /// <summary>Builds, successfully or not.</summary>
    public Task<CommandLineResult> TryBuildAsync(params string[] arguments) => TryDotnetAsync(["build", .. arguments]);

    /// <summary>Runs a target, and returns the items that it left under a name.</summary>
    public async Task<IReadOnlyList<JObject>> GetItemsAsync(string target, string item, params string[] arguments)
    {
        await DotnetAsync(["restore"]);
        var output = await BuildAsync(["--no-restore", $"-t:{target}", $"-getItem:{item}", .. arguments]);
        return [.. JObject.Parse(output)["Items"]![item]!.Cast<JObject>()];
    }

    /// <summary>Runs a dotnet command that has to succeed.</summary>
    public Task<string> DotnetAsync(params string[] arguments) => Dotnet.RunAsync(_folder.Path, Environment, arguments);

    /// <summary>Runs a dotnet command that may fail.</summary>
    public Task<CommandLineResult> TryDotnetAsync(params string[] arguments) => Dotnet.TryRunAsync(_folder.Path, Environment, arguments);

    /// <summary>Commits all that is not ignored, in a Git repository that is made if need be; returns the abbreviated commit.</summary>
    public async Task<string> CommitAsync()
    {
        await CommandLine.RunAsync("git", "-C", _folder.Path, "init", "-q");
        await CommandLine.RunAsync("git", "-C", _folder.Path, "add", "-A");
        await CommandLine.RunAsync("git", "-C", _folder.Path, "-c", "user.name=tests", "-c", "user.email=tests@example.org", "commit", "-q", "-m", "change");
        return (await CommandLine.RunAsync("git", "-C", _folder.Path, "rev-parse", "--short", "HEAD")).Trim();
    }

    public void Dispose() => _folder.Dispose();
}
