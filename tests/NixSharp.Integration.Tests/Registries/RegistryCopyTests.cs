using Newtonsoft.Json.Linq;
using NixSharp.Images.Oci;
using NixSharp.Integration.Tests.Registries.Skopeo;
using NixSharp.Registries;
using NixSharp.Registries.Copying;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Registries;

public sealed class RegistryCopyTests
{
    private static readonly PushOptions Anonymous = new() { Credentials = CredentialStore.Anonymous, RetryDelay = TimeSpan.FromMilliseconds(1) };
    private static readonly CopyOptions Options = new() { Source = Anonymous, Destination = Anonymous };

    [RequiresFact("docker-registry", "skopeo")]
    public async Task An_index_is_copied_whole_and_not_again()
    {
        await using var from = await RegistryServer.StartAsync();
        await using var to = await RegistryServer.StartAsync(TestUser.Htpasswd);
        var shared = new TestLayer(3, isKnown: true);
        var arm = await new TestImage(new TestLayer(1, 500_000), shared).PushAsync($"{from.Host}/hello:arm", Anonymous);
        var amd = await new TestImage(new TestLayer(2), shared).PushAsync($"{from.Host}/hello:amd", Anonymous);
        var index = await TestIndex.PushAsync($"{from.Host}/hello:all", Anonymous, (arm.Digest, "linux/arm64"), (amd.Digest, "linux/amd64"));
        var options = Options with { Destination = Anonymous with { Credentials = TestUser.Credentials } };
        var (source, destination) = (ImageReference.Parse($"{from.Host}/hello:all"), ImageReference.Parse($"{to.Host}/acme/hello:1"));

        var copied = await RegistryCopy.CopyAsync(source, destination, options);
        Assert.Equal(index, copied.Digest);

        // Two layers, one that both share, and two configurations.
        Assert.Equal(5, copied.Blobs.Count(blob => blob.Outcome == BlobOutcome.Uploaded));
        var raw = JObject.Parse(await CommandLine.RunAsync("skopeo", "inspect", "--raw", "--tls-verify=false", "--creds", $"{TestUser.Name}:{TestUser.Password}", $"docker://{destination}"));
        Assert.Equal([arm.Digest.ToString(), amd.Digest.ToString()], raw["manifests"]!.Select(entry => (string)entry["digest"]!));
        using var image = await RegistryImage.OpenAsync(destination, new PullOptions { Credentials = TestUser.Credentials, Platform = OciPlatform.Parse("linux/arm64") });
        using var folder = new TemporaryFolder();
        await image.WriteAsync($"oci:{folder["layout"]}");

        Assert.True((await RegistryCopy.CopyAsync(source, destination, options)).Unchanged);
        var again = await RegistryCopy.CopyAsync(source, destination.WithTag("2"), options);
        Assert.All(again.Blobs, blob => Assert.Equal(BlobOutcome.AlreadyPresent, blob.Outcome));
    }

    [RequiresFact("docker-registry")]
    public async Task Within_a_registry_nothing_moves()
    {
        await using var registry = await RegistryServer.StartAsync();
        var pushed = await new TestImage(new TestLayer(1)).PushAsync($"{registry.Host}/hello:1", Anonymous);
        var copied = await RegistryCopy.CopyAsync(ImageReference.Parse($"{registry.Host}/hello:1"), ImageReference.Parse($"{registry.Host}/acme/hello:1"), Options);
        Assert.Equal(pushed.Digest, copied.Digest);
        Assert.All(copied.Blobs, blob => Assert.Equal(BlobOutcome.Mounted, blob.Outcome));
        Assert.Equal(0, copied.BytesUploaded);
    }

    [RequiresFact("docker-registry")]
    public async Task One_image_of_an_index_is_copied_alone()
    {
        await using var from = await RegistryServer.StartAsync();
        await using var to = await RegistryServer.StartAsync();
        var arm = await new TestImage(new TestLayer(1)).PushAsync($"{from.Host}/hello:arm", Anonymous);
        var amd = await new TestImage(new TestLayer(2)).PushAsync($"{from.Host}/hello:amd", Anonymous);
        await TestIndex.PushAsync($"{from.Host}/hello:all", Anonymous, (arm.Digest, "linux/arm64"), (amd.Digest, "linux/amd64"));
        var (source, destination) = (ImageReference.Parse($"{from.Host}/hello:all"), ImageReference.Parse($"{to.Host}/hello:1"));
        Assert.Equal(arm.Digest, (await RegistryCopy.CopyAsync(source, destination, Options with { Platform = OciPlatform.Parse("linux/arm64") })).Digest);
        var exception = await Assert.ThrowsAsync<ImageException>(() => RegistryCopy.CopyAsync(source, destination, Options with { Platform = OciPlatform.Parse("linux/s390x") }));
        Assert.Equal(NixErrorCodes.ImageNotFound, exception.Code);
    }

    [RequiresFact("docker-registry")]
    public async Task A_damaged_blob_stops_the_copy_before_the_tag()
    {
        await using var from = new FakeRegistry();
        await using var to = await RegistryServer.StartAsync();
        var layer = new TestLayer(1, isKnown: true);
        await new TestImage(layer).PushAsync($"{from.Host}/hello:1", Anonymous);
        from.Intercept = exchange => exchange.Request.Method == "GET" && exchange.Request.Plain.EndsWith(layer.Descriptor!.Value.Blob.Digest.ToString(), StringComparison.Ordinal) &&
            exchange.Answer(System.Net.HttpStatusCode.OK, new byte[layer.Blob.Length]);
        var destination = ImageReference.Parse($"{to.Host}/hello:1");
        var exception = await Assert.ThrowsAsync<RegistryException>(() => RegistryCopy.CopyAsync(ImageReference.Parse($"{from.Host}/hello:1"), destination, Options));
        Assert.Equal(NixErrorCodes.RegistryDigestMismatch, exception.Code);
        using var client = new RegistryClient(destination, Anonymous);
        Assert.False(await client.HasManifestAsync());
    }

    [RequiresFact("docker-registry")]
    public async Task The_catalog_lists_repositories()
    {
        await using var tokens = await TestTokenServer.StartAsync();
        await using var registry = await RegistryServer.StartAsync(new RegistryServerOptions { Tokens = tokens });
        var options = Anonymous with { Credentials = CredentialStore.From(new RegistryCredentials(tokens.User, tokens.Password)) };
        await new TestImage(new TestLayer(1)).PushAsync($"{registry.Host}/b/c:1", options);
        await new TestImage(new TestLayer(1)).PushAsync($"{registry.Host}/a:1", options);
        var repositories = new List<string>();
        await foreach (var repository in RegistryCatalog.ListAsync(registry.Host, options))
        {
            repositories.Add(repository);
        }

        Assert.Equal(["a", "b/c"], repositories);
    }
}
