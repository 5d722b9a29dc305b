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
        foreach (var project in (string[])["NixSharp.Core", "NixSharp.MSBuild", "NixSharp.Cake"])
        {
            await Dotnet.RunAsync(
                GoldenData.RepositoryRoot,
                "pack", $"src/{project}", "--nologo", "-v:q", "-o", Feed, "--artifacts-path", _folder["artifacts"], $"-p:Version={Version}");
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _folder.Dispose();

    /// <summary>An empty repository, as a stranger's would be.</summary>
    public EmptyRepository CreateRepository() => new(this);
}
