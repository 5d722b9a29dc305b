using System.IO.Compression;
using System.Text;
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
        Assert.All(pushed, image => Assert.Equal(digest.Trim(), (string?)image["ManifestDigest"]));
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
        var skopeo = Assert.Single(await repository.GetItemsAsync("NixPush", "NixPushedImage", "-p:NixPushEngine=skopeo", "-p:NixImageTags=by-skopeo"));

        Assert.Equal((string?)native["ManifestDigest"], (string?)skopeo["ManifestDigest"]);
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
    }

    private static int CountIn(string binlog, string secret, string allowed)
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(binlog), CompressionMode.Decompress), Encoding.Latin1);
        var contents = text.ReadToEnd();
        Assert.Contains(allowed, contents, StringComparison.Ordinal);
        return contents.Split(secret).Length - 1;
    }
}
