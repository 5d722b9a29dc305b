using Newtonsoft.Json.Linq;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Packages.Tests;

[Collection(PackagesCollection.Name)]
public sealed class NixImageTests(PackagesFixture packages)
{
    [RequiresFact("skopeo")]
    public async Task Skopeo_reads_every_output_and_finds_the_projects_properties()
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp(
            properties:
            """
            <Description>Says hello; often.</Description>
            <RepositoryUrl>https://example.org/hello</RepositoryUrl>
            <NixImageOutput>oci:out/layout;oci-archive:out/hello.oci.tar;docker-archive:out/hello.tar</NixImageOutput>
            <NixImagePorts>8080;53/udp</NixImagePorts>
            <NixImageUser>1000:1000</NixImageUser>
            """,
            items:
            """
            <NixImageLabel Include="org.example.team" Value="one: two" />
            <NixImageEnvironmentVariable Include="GREETING" Value="a;b" />
            """);

        var images = await repository.GetItemsAsync("NixImage", "NixGeneratedImage", "-p:NixImageEnvironment=ONE=1%3BTWO=2");

        Assert.Equal(3, images.Count);
        foreach (var location in (string[])["oci:out/layout:1.2.3", "oci-archive:out/hello.oci.tar", "docker-archive:out/hello.tar:hello:1.2.3"])
        {
            var result = await CommandLine.TryRunAsync(
                new CommandLineOptions { WorkingFolder = repository[""] }, "skopeo", "inspect", "--config", location);
            Assert.True(result.ExitCode == 0, result.Error);
            var config = JObject.Parse(result.Output)["config"]!;
            Assert.EndsWith("-Hello-1.2.3/Hello", (string?)config["Entrypoint"]![0], StringComparison.Ordinal);
            Assert.EndsWith("-Hello-1.2.3", (string?)config["WorkingDir"], StringComparison.Ordinal);
            Assert.Equal("1000:1000", (string?)config["User"]);
            Assert.Equal(["GREETING=a;b", "ONE=1", "TWO=2"], config["Env"]!.Values<string>());
            Assert.Equal(["53/udp", "8080/tcp"], ((JObject)config["ExposedPorts"]!).Properties().Select(port => port.Name).Order());
            Assert.Equal("Says hello; often.", (string?)config["Labels"]!["org.opencontainers.image.description"]);
            Assert.Equal("https://example.org/hello", (string?)config["Labels"]!["org.opencontainers.image.source"]);
            Assert.Equal("1.2.3", (string?)config["Labels"]!["org.opencontainers.image.version"]);
            Assert.Equal("one: two", (string?)config["Labels"]!["org.example.team"]);
        }
    }

    [Fact]
    public async Task A_second_run_writes_nothing_and_a_changed_property_does()
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp();
        await repository.BuildAsync("-t:NixImage");

        Assert.Contains("Skipping target \"_NixImageCore\"", await repository.BuildAsync("-t:NixImage", "-v:n"), StringComparison.Ordinal);
        Assert.DoesNotContain("Skipping target \"_NixImageCore\"", await repository.BuildAsync("-t:NixImage", "-v:n", "-p:NixImageUser=1000"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_output_that_was_deleted_is_written_again()
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp(properties: "<NixImageOutput>docker-archive:out/hello.tar</NixImageOutput>");
        await repository.BuildAsync("-t:NixImage");
        File.Delete(repository["out/hello.tar"]);

        await repository.BuildAsync("-t:NixImage");

        Assert.True(File.Exists(repository["out/hello.tar"]));
    }

    [Fact]
    public async Task Clean_deletes_the_outputs_and_nothing_beside_them()
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp(properties: "<NixImageOutput>oci:out/layout;docker-archive:out/hello.tar</NixImageOutput>");
        repository.Write("out/mine.txt", "mine");
        await repository.BuildAsync("-t:NixImage;NixVolume", "-p:NixVolumeDirectory=out/volume");
        Assert.True(Directory.Exists(repository["out/volume/nix/store"]));

        await repository.DotnetAsync("clean", "-p:NixVolumeDirectory=out/volume");

        Assert.Equal([repository["out/mine.txt"]], Directory.EnumerateFileSystemEntries(repository["out"], "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_volume_follows_the_publish_output()
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp(properties: "<NixVolumeDirectory>volume</NixVolumeDirectory>");
        await repository.BuildAsync("-t:NixVolume");
        var before = Assert.Single(Directory.GetDirectories(repository["volume/nix/store"], "*-Hello-*"));

        repository.Write("Other.cs", "class Other;");
        await repository.BuildAsync("-t:NixVolume");

        var after = Assert.Single(Directory.GetDirectories(repository["volume/nix/store"], "*-Hello-*"));
        Assert.NotEqual(before, after);
        Assert.Contains("Skipping target \"_NixVolumeCore\"", await repository.BuildAsync("-t:NixVolume", "-v:n"), StringComparison.Ordinal);
    }
}
