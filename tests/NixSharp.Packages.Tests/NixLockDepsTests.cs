using Newtonsoft.Json.Linq;
using Xunit;

namespace NixSharp.Packages.Tests;

[Collection(PackagesCollection.Name)]
public sealed class NixLockDepsTests(PackagesFixture packages)
{
    private const string Reference = "<PackageReference Include=\"Newtonsoft.Json\" Version=\"13.0.4\" />";

    [Fact]
    public async Task The_lock_is_written_checked_and_mended()
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp("<RuntimeIdentifier>linux-x64</RuntimeIdentifier><SelfContained>true</SelfContained>", Reference);

        await BuildAsync(repository, "-t:NixLockDeps");
        var text = File.ReadAllText(repository["deps.json"]);
        var names = JArray.Parse(text).Select(static entry => (string)entry["pname"]!).ToList();
        Assert.Contains("Newtonsoft.Json", names);
        Assert.Contains("Microsoft.NETCore.App.Runtime.linux-x64", names);
        Assert.DoesNotContain("NixSharp.MSBuild", names);
        await BuildAsync(repository, "-t:NixCheckDeps");

        repository.Write("deps.json", text.Replace("\"13.0.4\"", "\"13.0.3\"", StringComparison.Ordinal));
        var result = await repository.TryBuildAsync("-t:NixCheckDeps", Mirror());
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error NIXS6001: ", result.Output, StringComparison.Ordinal);
        Assert.Contains("changed: Newtonsoft.Json 13.0.3 -> 13.0.4. Write it again with: dotnet build Hello.csproj -t:NixLockDeps", result.Output, StringComparison.Ordinal);

        await BuildAsync(repository, "-t:NixLockDeps");
        Assert.Equal(text, File.ReadAllText(repository["deps.json"]));
    }

    [Fact]
    public async Task Packages_can_be_left_out_and_several_frameworks_share_a_file()
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp("<NixLockFile>nix/deps.json</NixLockFile>", Reference, "<TargetFrameworks>net10.0;net9.0</TargetFrameworks>");
        Directory.CreateDirectory(repository["nix"]);

        await BuildAsync(repository, "-t:NixLockDeps", "-p:NixLockExclude=Newtonsoft.*%3BMicrosoft.*");

        Assert.Equal("[]\n", File.ReadAllText(repository["nix/deps.json"]));
    }

    [Fact]
    public async Task A_project_that_is_not_restored_is_named()
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp();
        await repository.DotnetAsync("restore");
        File.Delete(repository["obj/project.assets.json"]);

        var result = await repository.TryDotnetAsync("msbuild", "-t:NixCheckDeps");

        Assert.Contains("error NIXS6003: ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_writes_and_checks_the_lock()
    {
        using var repository = packages.CreateRepository();
        repository.Write(".config/dotnet-tools.json", """{ "version": 1, "isRoot": true, "tools": { "cake.tool": { "version": "7.0.0", "commands": ["dotnet-cake"] } } }""");
        repository.Write("App.csproj", $"<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup><ItemGroup>{Reference}</ItemGroup></Project>");
        await repository.DotnetAsync("tool", "restore");
        await repository.DotnetAsync("restore");
        repository.Write("build.cake",
            $$"""
            #addin nuget:?package=NixSharp.Cake&version={{packages.Version}}&prerelease
            var settings = new NixLockDepsSettings { Mirrors = ["{{Source()}}"] };
            var made = NixLockDeps("./App.csproj", settings);
            NixCheckDeps("./App.csproj", settings);
            Console.WriteLine(string.Join(", ", made.Entries));
            System.IO.File.WriteAllText("deps.json", "[]");
            NixCheckDeps("./App.csproj", settings);
            """);

        var result = await repository.TryDotnetAsync("cake");

        Assert.Contains("Cake.Tool 7.0.0, Newtonsoft.Json 13.0.4\n", result.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("NIXS6001: ", result.Error, StringComparison.Ordinal);
    }

    private static Task<string> BuildAsync(EmptyRepository repository, params string[] arguments) => repository.BuildAsync([.. arguments, Mirror()]);

    private static string Mirror() => $"-p:NixLockMirrors={Source()}";

    /// <summary>Where this machine gets the gallery's packages from.</summary>
    private static string Source()
    {
        var folder = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } given
            ? given
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        return (string)JObject.Parse(File.ReadAllText(Path.Combine(folder, "newtonsoft.json", "13.0.4", ".nupkg.metadata")))["source"]!;
    }
}
