using System.IO.Compression;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Packages.Tests;

[Collection(PackagesCollection.Name)]
public sealed class NixPushTests(PackagesFixture packages)
{
    private const string Password = "a-password-that-nobody-may-see";

    [RequiresFact("docker-registry", "skopeo")]
    public async Task A_web_service_is_pushed_with_one_package_reference()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var repository = packages.CreateRepository();
        repository.WriteApp(properties: $"<NixImageRegistry>{registry.Host}</NixImageRegistry><NixImageTags>1.2.3;latest</NixImageTags>");

        var pushed = await repository.GetItemsAsync("NixPush", "NixPushedImage");

        Assert.Equal([$"{registry.Host}/hello:1.2.3", $"{registry.Host}/hello:latest"], pushed.Select(image => (string?)image["Identity"]));
        var digest = await CommandLine.RunAsync("skopeo", "inspect", "--tls-verify=false", "--format", "{{.Digest}}", $"docker://{registry.Host}/hello:latest");
        Assert.All(pushed, image => Assert.Equal(digest.Trim(), (string?)image["Digest"]));
    }

    [RequiresFact("docker-registry")]
    public async Task A_second_push_sends_no_request()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var repository = packages.CreateRepository();
        repository.WriteApp(properties: $"<NixImageRegistry>{registry.Host}</NixImageRegistry>");
        await repository.BuildAsync("-t:NixPush");
        var before = registry.Requests().Count;

        var again = await repository.GetItemsAsync("NixPush", "NixPushedImage");

        Assert.Single(again);
        Assert.Equal(before, registry.Requests().Count);
        await repository.BuildAsync("-t:NixPush", "-p:NixPushAlways=true");
        Assert.True(registry.Requests().Count > before);
    }

    [RequiresFact("docker-registry", "skopeo")]
    public async Task Skopeo_pushes_the_same_image()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var repository = packages.CreateRepository();
        repository.WriteApp(properties: $"<NixImageRegistry>{registry.Host}</NixImageRegistry>");

        var native = Assert.Single(await repository.GetItemsAsync("NixPush", "NixPushedImage"));
        var skopeo = Assert.Single(await repository.GetItemsAsync("NixPush", "NixPushedImage", "-p:NixImageEngine=skopeo", "-p:NixImageTags=by-skopeo"));

        Assert.Equal((string?)native["Digest"], (string?)skopeo["Digest"]);
    }

    [RequiresFact("docker-registry")]
    public async Task Any_certificate_is_taken_where_the_project_says_so()
    {
        using var authority = new TestAuthority();
        await using var registry = await RegistryServer.StartAsync(new RegistryServerOptions { Authority = authority });
        using var repository = packages.CreateRepository();
        repository.WriteApp(properties: $"<NixImageRegistry>{registry.Host}</NixImageRegistry><NixImageConnections>1</NixImageConnections><NixImagePreviousLayers>ignore</NixImagePreviousLayers>");

        var refused = await repository.TryBuildAsync("-t:NixPush");
        var pushed = await repository.GetItemsAsync("NixPush", "NixPushedImage", "-p:NixImageInsecure=true");

        Assert.Contains("error NIXS4123: ", refused.Output, StringComparison.Ordinal);
        Assert.Single(pushed);
    }

    [RequiresFact("docker-registry", "htpasswd")]
    public async Task Credentials_come_by_the_names_of_variables_and_reach_no_log()
    {
        var htpasswd = await CommandLine.RunAsync("htpasswd", "-nbB", "somebody", Password);
        await using var registry = await RegistryServer.StartAsync(htpasswd);
        using var repository = packages.CreateRepository();
        repository.Environment["PUSH_USER"] = "somebody";
        repository.Environment["PUSH_PASSWORD"] = Password;
        repository.Environment["DOCKER_CONFIG"] = repository["nothing"];
        repository.WriteApp(properties: $"<NixImageRegistry>{registry.Host}</NixImageRegistry>");

        var output = await repository.BuildAsync(
            "-t:NixPush", "-p:NixImageUserNameVariable=PUSH_USER", "-p:NixImagePasswordVariable=PUSH_PASSWORD", "-bl:build.binlog", "-v:diag");

        Assert.Contains("bytes sent", output, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, output, StringComparison.Ordinal);
        Assert.Equal(0, CountIn(repository["build.binlog"], Password, allowed: "PUSH_PASSWORD"));
    }

    [RequiresFact("docker-registry", "htpasswd")]
    public async Task A_refused_push_and_a_missing_variable_have_codes()
    {
        var htpasswd = await CommandLine.RunAsync("htpasswd", "-nbB", "somebody", Password);
        await using var registry = await RegistryServer.StartAsync(htpasswd);
        using var repository = packages.CreateRepository();
        repository.Environment["REGISTRY_AUTH_FILE"] = repository.Write("auth.json", "{}");
        repository.WriteApp(properties: $"<NixImageRegistry>{registry.Host}</NixImageRegistry>");

        var refused = await repository.TryBuildAsync("-t:NixPush");
        var missing = await repository.TryBuildAsync("-t:NixPush", "-p:NixImageUserNameVariable=NOT_SET", "-p:NixImagePasswordVariable=NOT_SET");

        Assert.Matches("error NIXS41[0-9][0-9]: ", refused.Output);
        Assert.Contains("error NIXS7007: ", missing.Output, StringComparison.Ordinal);
        await repository.BuildAsync("-t:NixImage", "-p:NixImageUserNameVariable=NOT_SET", "-p:NixImagePasswordVariable=NOT_SET");
    }

    [RequiresFact("bwrap", "docker-registry", "git", "skopeo", "umoci", Requirements.Root)]
    public async Task A_change_of_one_line_sends_the_applications_own_files_only_and_the_image_runs()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var repository = packages.CreateRepository();
        repository.WriteApp(
            properties: $"<NixImageRegistry>{registry.Host}</NixImageRegistry><NixImageTags>sha-{{commit}}</NixImageTags><RuntimeIdentifier>linux-x64</RuntimeIdentifier><SelfContained>true</SelfContained><InvariantGlobalization>true</InvariantGlobalization><NixImageBase>oci:base:1</NixImageBase>",
            items: "<PackageReference Include=\"Newtonsoft.Json\" Version=\"13.0.4\" />");
        repository.Write(".gitignore", "*\n!Program.cs\n");
        await MakeBaseAsync(repository);
        var first = await repository.CommitAsync();

        var before = Assert.Single(await repository.GetItemsAsync("NixPush", "NixPushedImage"));
        repository.Write("Program.cs", "static class Program { static void Main() => System.Console.WriteLine(\"hello again\"); }\n");
        var second = await repository.CommitAsync();
        var after = Assert.Single(await repository.GetItemsAsync("NixPush", "NixPushedImage", $"-p:NixImagePreviousTags=sha-{first}"));

        Assert.Equal($"{registry.Host}/hello:sha-{first}", (string?)before["Identity"]);
        Assert.Equal($"{registry.Host}/hello:sha-{second}", (string?)after["Identity"]);
        Assert.NotEqual((string?)before["Digest"], (string?)after["Digest"]);
        Assert.InRange((long)before["BytesSent"]!, 20_000_000, long.MaxValue);
        Assert.InRange((long)after["BytesSent"]!, 1, 999_999);
        var layers = await LayersAsync((string)after["Reference"]!);
        Assert.Equal(4, layers.Count);
        Assert.Equal(3, layers.Intersect(await LayersAsync((string)before["Reference"]!)).Count());
        await CommandLine.RunAsync("skopeo", "copy", "--src-tls-verify=false", $"docker://{(string)after["Reference"]!}", $"oci:{repository["pulled"]}:1");
        await CommandLine.RunAsync("umoci", "unpack", "--image", $"{repository["pulled"]}:1", repository["bundle"]);
        var entrypoint = (string)JObject.Parse(File.ReadAllText(repository["bundle/config.json"]))["process"]!["args"]![0]!;
        Assert.Equal("hello again\n", await CommandLine.RunAsync("bwrap", "--bind", repository["bundle/rootfs"], "/", "--proc", "/proc", "--dev", "/dev", entrypoint));
    }

    [RequiresFact("docker-registry", "skopeo")]
    public async Task An_image_is_made_on_a_base_with_store_paths_beside_the_application()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var repository = packages.CreateRepository();
        repository.WriteApp(properties: $"<NixImageRegistry>{registry.Host}</NixImageRegistry>");
        await repository.BuildAsync("-t:NixPush", "-p:NixImageRepository=base", "-p:NixImageTags=1", "-p:NixImageUser=1234", "-p:NixImageEnvironment=BELOW=yes");
        var tool = Assert.Single(await repository.GetItemsAsync("NixPublish", "NixStorePath", "-p:NixStorePathName=a-tool"));
        repository.WriteApp(
            properties: $"<NixImageRegistry>{registry.Host}</NixImageRegistry><NixImageBase>{registry.Host}/base:1</NixImageBase>",
            items:
            $"""
            <NixImageStorePath Include="{(string)tool["Identity"]!}" />
            <NixImageEntrypoint Include="/bin/env;sh;-c" />
            <NixImageCommand Include="true" />
            <NixImageLabel Include="org.example.url" Value="https://example.org:8080/a:b" />
            <NixImagePort Include="53" Type="udp" />
            <NixImageEnvironmentVariable Include="ABOVE" Value="a:b=c; d" />
            """);

        var pushed = Assert.Single(await repository.GetItemsAsync("NixPush", "NixPushedImage"));

        var config = JObject.Parse(await CommandLine.RunAsync("skopeo", "inspect", "--config", "--tls-verify=false", $"docker://{(string)pushed["Reference"]!}"))["config"]!;
        Assert.Equal(["/bin/env", "sh", "-c"], config["Entrypoint"]!.Values<string>());
        Assert.Equal(["true"], config["Cmd"]!.Values<string>());
        Assert.Equal("https://example.org:8080/a:b", (string?)config["Labels"]!["org.example.url"]);
        Assert.Equal("1234", (string?)config["User"]);
        Assert.Contains("53/udp", config["ExposedPorts"]!.Children<JProperty>().Select(static port => port.Name));
        Assert.Contains("BELOW=yes", config["Env"]!.Values<string>());
        Assert.Contains("ABOVE=a:b=c; d", config["Env"]!.Values<string>());
        var layers = await LayersAsync((string)pushed["Reference"]!);
        Assert.Equal((await LayersAsync($"{registry.Host}/base:1"))[0], layers[0]);
        Assert.Equal(3, layers.Count);
    }

    [RequiresFact("docker-registry", "podman", "skopeo", Requirements.Root)]
    public async Task Images_for_several_platforms_are_joined_and_podman_gets_the_one_for_this_machine()
    {
        await using var registry = await RegistryServer.StartAsync();
        await using var podman = await PodmanService.StartAsync();
        using var repository = packages.CreateRepository();
        repository.Environment["CONTAINER_HOST"] = podman.Address;
        repository.WriteApp(properties: $"<NixImageRegistry>{registry.Host}</NixImageRegistry><NixImagePlatforms>linux/amd64;linux/arm64</NixImagePlatforms>");

        var native = Assert.Single(await repository.GetItemsAsync("NixPush", "NixPushedImage"));
        var skopeo = Assert.Single(await repository.GetItemsAsync("NixPush", "NixPushedImage", "-p:NixImageEngine=skopeo", "-p:NixImageTags=by-skopeo"));
        var loaded = Assert.Single(await repository.GetItemsAsync("NixPush", "NixPushedImage", "-p:NixImageEngine=podman"));
        var written = Assert.Single(await repository.GetItemsAsync("NixImage", "NixGeneratedImage"));
        var refused = await repository.TryBuildAsync("-t:NixPush", "-p:RuntimeIdentifier=linux-x64");

        Assert.Equal((string?)native["Digest"], (string?)skopeo["Digest"]);
        Assert.Equal((string?)native["Digest"], (string?)written["ManifestDigest"]);
        var index = JObject.Parse(await CommandLine.RunAsync("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{(string)native["Reference"]!}"));
        Assert.Equal(["amd64", "arm64"], index["manifests"]!.Select(static manifest => (string?)manifest["platform"]!["architecture"]));
        Assert.StartsWith("sha256:", (string?)loaded["Digest"], StringComparison.Ordinal);
        Assert.Contains("error NIXS7004: ", refused.Output, StringComparison.Ordinal);
    }

    [RequiresFact("podman", Requirements.Root)]
    public async Task Podman_loads_the_image_without_a_registry()
    {
        await using var podman = await PodmanService.StartAsync();
        using var repository = packages.CreateRepository();
        repository.Environment["CONTAINER_HOST"] = podman.Address;
        repository.WriteApp(properties: "<NixImageEngine>podman</NixImageEngine>");

        var loaded = Assert.Single(await repository.GetItemsAsync("NixPush", "NixPushedImage"));

        Assert.Equal("docker.io/library/hello:1.2.3", (string?)loaded["Identity"]);
        Assert.Equal((string?)loaded["Digest"], $"sha256:{(await podman.RunAsync("image", "inspect", "--format", "{{.Id}}", "hello:1.2.3")).Trim()}");
    }

    /// <summary>A base with what a self-contained program needs.</summary>
    private static async Task MakeBaseAsync(EmptyRepository repository)
    {
        SystemLibraries.CopyTo(repository["libraries"]);
        await CommandLine.RunAsync("umoci", "init", "--layout", repository["base"]);
        await CommandLine.RunAsync("umoci", "new", "--image", $"{repository["base"]}:1");
        await CommandLine.RunAsync("umoci", "insert", "--image", $"{repository["base"]}:1", repository["libraries"], "/");
    }

    private static async Task<IReadOnlyList<string?>> LayersAsync(string reference)
    {
        var manifest = JObject.Parse(await CommandLine.RunAsync("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{reference}"));
        return [.. manifest["layers"]!.Select(static layer => (string?)layer["digest"])];
    }

    private static int CountIn(string binlog, string secret, string allowed)
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(binlog), CompressionMode.Decompress), Encoding.Latin1);
        var contents = text.ReadToEnd();
        Assert.Contains(allowed, contents, StringComparison.Ordinal);
        return contents.Split(secret).Length - 1;
    }
}
