using NixSharp.Testing;
using Xunit;

namespace NixSharp.Packages.Tests;

/// <summary>The real packages, packed once for all tests, in a folder that serves as a feed.</summary>
public sealed class PackagesFixture : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>New in every run, so that no cache has it.</summary>
    public string Version { get; } = $"0.1.0-test.{DateTime.UtcNow.Ticks}";

    /// <summary>The folder with the packages.</summary>
    public string Feed => _folder["feed"];

    public async Task InitializeAsync()
    {
        foreach (var project in (string[])["NixSharp.Core", "NixSharp.MSBuild", "NixSharp.Cake", "NixSharp.Tool"])
        {
            await Dotnet.RunAsync(
                GoldenData.RepositoryRoot,
                new Dictionary<string, string>(),
                "pack", $"src/{project}", "--nologo", "-v:q", "-o", Feed, "--artifacts-path", _folder["artifacts"], $"-p:Version={Version}");
        }
    }

    /// <summary>Takes this run's packages out of the cache that it shares with everything else on the machine.</summary>
    public async Task DisposeAsync()
    {
        var locals = await Dotnet.RunAsync(_folder.Path, new Dictionary<string, string>(), "nuget", "locals", "global-packages", "--list");
        var cache = locals[(locals.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        foreach (var package in Directory.EnumerateDirectories(cache, "nixsharp.*"))
        {
            if (Directory.Exists(Path.Combine(package, Version)))
            {
                Directory.Delete(Path.Combine(package, Version), recursive: true);
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>An empty repository, as a stranger's would be.</summary>
    public EmptyRepository CreateRepository() => new(this);
}
