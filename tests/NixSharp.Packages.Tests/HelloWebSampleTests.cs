using Newtonsoft.Json.Linq;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Packages.Tests;

/// <summary>samples/HelloWeb as a stranger would have it, on a base image that brings .NET and what .NET needs.</summary>
[Collection(PackagesCollection.Name)]
public sealed class HelloWebSampleTests(PackagesFixture packages)
{
    private const string Image = "samples/hello-web";
    private static readonly string Sample = Path.Combine(GoldenData.RepositoryRoot, "samples", "HelloWeb");

    [RequiresFact("bwrap", "docker-registry", "skopeo", "umoci", Requirements.Root)]
    public async Task The_service_answers_out_of_its_image_and_a_change_of_one_line_sends_less_than_a_megabyte()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var repository = packages.CreateRepository();
        var below = await PushBaseAsync(repository, $"{registry.Host}/dotnet:10.0");
        var program = File.ReadAllText(Path.Combine(Sample, "Program.cs"));
        repository.Write("HelloWeb/HelloWeb.csproj", File.ReadAllText(Path.Combine(Sample, "HelloWeb.csproj"))
            .Replace("Version=\"0.1.0\"", $"Version=\"{packages.Version}\"", StringComparison.Ordinal));

        repository.Write("HelloWeb/Program.cs", program);
        var first = await PushAsync(repository, registry);
        var blobs = registry.Blobs(Image);
        Assert.Equal("Hello from a Nix store.\n", await PullAndAskAsync(repository, first, "first"));

        repository.Write("HelloWeb/Program.cs", program.Replace("a Nix store", "a changed line", StringComparison.Ordinal));
        var second = await PushAsync(repository, registry);
        Assert.Equal("Hello from a changed line.\n", await PullAndAskAsync(repository, second, "second"));

        Assert.InRange((long)below["bytesUploaded"]!, 30_000_000, long.MaxValue);
        Assert.Superset(below["layers"]!.Select(static layer => ((string)layer["digest"]!).Split(':')[1]).ToHashSet(), blobs.ToHashSet());
        Assert.InRange((long)first["BytesSent"]!, 1, 999_999);
        Assert.InRange((long)second["BytesSent"]!, 1, 999_999);
        Assert.All([first, second], image => Assert.Equal($"{registry.Host}/{Image}:1.0.0", (string?)image["Identity"]));
        // The application's layer and the configuration.
        Assert.Equal(2, registry.Blobs(Image).Except(blobs).Count());
    }

    /// <summary>Pushes an image with the .NET that runs the tests, made by the packed tool.</summary>
    private static async Task<JObject> PushBaseAsync(EmptyRepository repository, string reference)
    {
        SystemLibraries.CopyTo(repository["libraries"]);
        var dotnet = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "../../.."));
        await repository.DotnetAsync("tool", "install", "NixSharp.Tool", "--version", repository.Version, "--tool-path", repository["tools"], "--configfile", repository["nuget.config"]);
        var libraries = (await CommandLine.RunAsync(repository["tools/nixsharp"], "store", "add", repository["libraries"], "--store", repository.Store)).Trim();
        return JObject.Parse(await CommandLine.RunAsync(
            repository["tools/nixsharp"],
            "image", "push", libraries, reference, "--json", "--store", repository.Store,
            "--link-root", libraries,
            "--tmp",
            "--file", $"/opt/dotnet/host={dotnet}/host",
            "--file", $"/opt/dotnet/shared={dotnet}/shared",
            "--env", "DOTNET_ROOT=/opt/dotnet",
            "--env", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1"));
    }

    private static async Task<JObject> PushAsync(EmptyRepository repository, RegistryServer registry)
    {
        var output = await repository.DotnetAsync(
            "publish", "HelloWeb", "-t:NixPush", "-getItem:NixPushedImage",
            $"-p:NixStore={repository.Store}", $"-p:NixImageRegistry={registry.Host}", $"-p:NixImageBase={registry.Host}/dotnet:10.0");
        return (JObject)Assert.Single(JObject.Parse(output)["Items"]!["NixPushedImage"]!);
    }

    /// <summary>Pulls and unpacks an image, runs it, and returns what the service in it answers.</summary>
    private static async Task<string> PullAndAskAsync(EmptyRepository repository, JObject pushed, string name)
    {
        await CommandLine.RunAsync("skopeo", "copy", "--src-tls-verify=false", $"docker://{(string)pushed["Identity"]!}", $"oci:{repository["pulled"]}:{name}");
        await CommandLine.RunAsync("umoci", "unpack", "--image", $"{repository["pulled"]}:{name}", repository[name]);
        await using var container = await WebContainer.StartAsync(repository[name]);
        return await container.GetAsync("/");
    }
}
