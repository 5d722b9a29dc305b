using Newtonsoft.Json.Linq;
using NixSharp.GitOps.NuGet;
using NixSharp.Integration.Tests.Tool;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.GitOps;

public sealed class NuGetLockTests : IDisposable
{
    private static readonly string Solution = Path.Combine(GoldenData.RepositoryRoot, "NixSharp.sln");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("nix", "sha256sum", "bash")]
    public async Task The_lock_of_this_solution_is_what_a_shell_script_makes()
    {
        var script = Path.Combine(GoldenData.RepositoryRoot, "tests", "NixSharp.Integration.Tests", "GitOps", "deps.sh");
        var theirs = await CommandLine.RunAsync("bash", script, GoldenData.RepositoryRoot);

        var ours = await NuGetLock.CreateAsync(Solution, new NuGetLockOptions { CacheFile = null, Mirrors = Sources() });

        Assert.Equal(theirs, ours.ToString());
        Assert.Contains(ours.Entries, static entry => entry.ToString() == "Newtonsoft.Json 13.0.4");
    }

    [Fact]
    public async Task The_tool_writes_checks_and_says_what_to_do()
    {
        string[] options = [Solution, "--file", _folder["deps.json"], .. Sources().SelectMany(static source => (string[])["--mirror", source])];
        await NixSharpProgram.RunAsync(["nuget", "lock", .. options]);
        await NixSharpProgram.RunAsync(["nuget", "check", .. options]);
        Assert.Contains("unchanged", await NixSharpProgram.RunAsync(["nuget", "lock", .. options]), StringComparison.Ordinal);
        File.WriteAllText(_folder["deps.json"], File.ReadAllText(_folder["deps.json"]).Replace("\"13.0.4\"", "\"13.0.3\"", StringComparison.Ordinal));

        var result = await NixSharpProgram.TryRunAsync(["nuget", "check", "--json", .. options]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error: NIXS6001: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("changed: Newtonsoft.Json 13.0.3 -> 13.0.4", result.Error, StringComparison.Ordinal);
        Assert.Contains($"nixsharp nuget lock {Solution} --file {_folder["deps.json"]}", result.Error, StringComparison.Ordinal);
        Assert.Equal("13.0.3", JObject.Parse(result.Output)["changed"]![0]!["from"]!["version"]);
    }

    [Fact]
    public async Task The_list_goes_to_standard_output_where_asked() =>
        Assert.Equal("[]\n", await NixSharpProgram.RunAsync("nuget", "lock", Solution, "--file", "-", "--no-tools", "--exclude", "*"));

    /// <summary>Whatever mirrors the gallery on this machine.</summary>
    private static string[] Sources() =>
    [
        .. Directory.EnumerateFiles(
                Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
                    ? folder
                    : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
                ".nupkg.metadata",
                new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2, AttributesToSkip = FileAttributes.None })
            .Select(static file => (string?)JObject.Parse(File.ReadAllText(file))["source"])
            .OfType<string>()
            .Where(static source => source.Contains("://", StringComparison.Ordinal))
            .Distinct(),
    ];
}
