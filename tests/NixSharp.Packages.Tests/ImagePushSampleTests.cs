using NixSharp.Testing;
using Xunit;

namespace NixSharp.Packages.Tests;

/// <summary>samples/ImagePush as a stranger would have it: in a Git repository of their own, with the packages from a feed.</summary>
[Collection(PackagesCollection.Name)]
public sealed class ImagePushSampleTests(PackagesFixture packages)
{
    private static readonly string Sample = Path.Combine(GoldenData.RepositoryRoot, "samples", "ImagePush");

    [RequiresFact("busybox", "docker-registry", "git", "nix", "skopeo")]
    public async Task MSBuild_and_Cake_push_what_the_flake_builds_under_the_commit_or_the_tag_that_is_given()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var repository = packages.CreateRepository();
        repository.Environment["NIX_CONFIG"] = $"{RealNix.Configuration}extra-sandbox-paths = {Requirements.Find("busybox")}\n";
        foreach (var file in (string[])["flake.nix", "ImagePush.csproj", "build.cake"])
        {
            repository.Write(file, File.ReadAllText(Path.Combine(Sample, file))
                .Replace("/bin/busybox", Requirements.Find("busybox"), StringComparison.Ordinal)
                .Replace("version=0.1.0", $"version={packages.Version}&prerelease", StringComparison.Ordinal)
                .Replace("Version=\"0.1.0\"", $"Version=\"{packages.Version}\"", StringComparison.Ordinal)
                .Replace("new NixImageSettings()", $"new NixImageSettings {{ Store = \"{repository.Store}\" }}", StringComparison.Ordinal)
                .Replace("NixBuild(\".#image-dev\")", $"NixBuild([\".#image-dev\"], new NixFlakeSettings {{ Store = \"{repository.Store}\" }})", StringComparison.Ordinal));
        }

        repository.Write(".gitignore", "*\n!flake.nix\n");
        repository.Write(".config/dotnet-tools.json", """{ "version": 1, "isRoot": true, "tools": { "cake.tool": { "version": "7.0.0", "commands": ["dotnet-cake"] } } }""");
        var commit = await repository.CommitAsync();
        await repository.DotnetAsync("tool", "restore");

        await repository.BuildAsync("-t:NixPush", $"-p:NixImageRegistry={registry.Host}", $"-p:NixStore={repository.Store}");
        await repository.BuildAsync("-t:NixPush", $"-p:NixImageRegistry={registry.Host}", $"-p:NixStore={repository.Store}", "-p:NixImageTags=v1.2.3");
        await repository.DotnetAsync("cake", $"--registry={registry.Host}");
        await repository.DotnetAsync("cake", $"--registry={registry.Host}", "--tag=by-cake");

        var tags = await CommandLine.RunAsync("skopeo", "list-tags", "--tls-verify=false", $"docker://{registry.Host}/acme/hello-dev");
        Assert.All((string[])[$"sha-{commit}", "v1.2.3", "by-cake"], tag => Assert.Contains($"\"{tag}\"", tags, StringComparison.Ordinal));
        var entrypoint = await CommandLine.RunAsync("skopeo", "inspect", "--config", "--tls-verify=false", $"docker://{registry.Host}/acme/hello-dev:sha-{commit}");
        Assert.Contains("echo hello", entrypoint, StringComparison.Ordinal);
    }
}
