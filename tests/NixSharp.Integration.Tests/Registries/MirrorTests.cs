using NixSharp.Integration.Tests.Registries.Skopeo;
using NixSharp.Registries;
using NixSharp.Registries.Configuration;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Registries;

public sealed class MirrorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("docker-registry")]
    public async Task An_image_comes_from_the_first_mirror_that_has_it_and_credentials_go_to_none()
    {
        await using var home = await RegistryServer.StartAsync(TestUser.Htpasswd);
        await using var mirror = await RegistryServer.StartAsync();
        await using var seen = await ChaosProxy.StartAsync(mirror.Host);
        var image = new TestImage(new TestLayer(1));
        var options = new PushOptions { Credentials = TestUser.Credentials };
        var pushed = await image.PushAsync($"{home.Host}/acme/hello:1", options);
        await new TestImage(new TestLayer(2)).PushAsync($"{home.Host}/acme/hello:2", options);
        await image.PushAsync($"{mirror.Host}/copies/hello:1", new PushOptions { Credentials = CredentialStore.Anonymous });
        var before = home.Requests().Count;

        var pull = new PullOptions
        {
            Credentials = TestUser.Credentials,
            RetryDelay = TimeSpan.FromMilliseconds(1),
            MaxAttempts = 2,
            Configuration = Load($"""
                [[registry]]
                prefix = "{home.Host}/acme"
                [[registry.mirror]]
                location = "127.0.0.1:1"
                [[registry.mirror]]
                location = "{seen.Host}/copies"
                """),
        };
        using var first = await RegistryImage.OpenAsync($"{home.Host}/acme/hello:1", pull);
        Assert.Equal(pushed.Digest, (await first.WriteAsync($"oci:{_folder["first"]}")).ManifestDigest);
        Assert.Equal(before, home.Requests().Count);

        using var second = await RegistryImage.OpenAsync($"{home.Host}/acme/hello:2", pull);
        await second.WriteAsync($"oci:{_folder["second"]}");
        Assert.NotEqual(before, home.Requests().Count);
        Assert.All(seen.Requests, request => Assert.Null(request.Authorization));
    }

    [RequiresFact("docker-registry")]
    public async Task A_registry_with_another_location_is_pushed_to_and_mounted_from_there()
    {
        await using var registry = await RegistryServer.StartAsync();
        var options = new PushOptions
        {
            Credentials = CredentialStore.Anonymous,
            Configuration = Load($"""
                [[registry]]
                prefix = "registry.invalid/acme"
                location = "{registry.Host}/team"
                """),
        };
        await new TestImage(new TestLayer(1, isKnown: true)).PushAsync("registry.invalid/acme/base:1", options);
        var pushed = await new TestImage(new TestLayer(1, isKnown: true)).PushAsync("registry.invalid/acme/hello:1", options with { MountFrom = ["acme/base"] });
        Assert.Equal(BlobOutcome.Mounted, Assert.Single(pushed.Layers).Outcome);
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/team/hello:1"), options);
        Assert.Equal(pushed.Digest, (await client.FindManifestAsync())?.Digest);
    }

    [Fact]
    public async Task A_blocked_registry_is_asked_nothing()
    {
        await using var registry = new FakeRegistry();
        var configuration = Load($"[[registry]]\nlocation = \"{registry.Host}\"\nblocked = true\n");
        await Assert.ThrowsAsync<RegistryException>(() => RegistryImage.OpenAsync($"{registry.Host}/a", new PullOptions { Configuration = configuration }));
        await Assert.ThrowsAsync<RegistryException>(() => new TestImage(new TestLayer(1)).PushAsync($"{registry.Host}/a", new PushOptions { Configuration = configuration }));
        Assert.Empty(registry.Requests);
    }

    [RequiresFact("docker-registry")]
    public async Task A_mirror_that_need_not_be_trusted_is_not_checked()
    {
        using var authority = new TestAuthority();
        await using var mirror = await RegistryServer.StartAsync(new RegistryServerOptions { Authority = authority });
        var pushed = await new TestImage(new TestLayer(1)).PushAsync($"{mirror.Host}/hello:1", new PushOptions { Insecure = true, Credentials = CredentialStore.Anonymous });
        var configuration = Load($"[[registry]]\nlocation = \"registry.invalid\"\n[[registry.mirror]]\nlocation = \"{mirror.Host}\"\ninsecure = true\n");
        using var image = await RegistryImage.OpenAsync("registry.invalid/hello:1", new PullOptions { Configuration = configuration, Credentials = CredentialStore.Anonymous });
        Assert.Equal(pushed.Digest, image.Digest);
    }

    private RegistriesConfiguration Load(string text) => RegistriesConfiguration.Load(_folder.Write("registries.conf", text));
}
