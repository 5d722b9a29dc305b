using NixSharp.Registries;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Registries;

public sealed class TokenServerTests
{
    [RequiresFact("docker-registry")]
    public async Task Tokens_are_fetched_for_what_is_done_and_the_password_is_shown_to_their_server_only()
    {
        await using var tokens = await TestTokenServer.StartAsync();
        await using var registry = await RegistryServer.StartAsync(new RegistryServerOptions { Tokens = tokens });
        await using var proxy = await ChaosProxy.StartAsync(registry.Host);
        var credentials = CredentialStore.From(new RegistryCredentials(tokens.User, tokens.Password));
        var pushed = await new TestImage(new TestLayer(1), new TestLayer(2)).PushAsync($"{proxy.Host}/acme/base:1", Options(credentials));
        using var image = await RegistryImage.OpenAsync($"{proxy.Host}/acme/base:1", new PullOptions { Credentials = CredentialStore.Anonymous });
        var mounted = await image.PushAsync($"{proxy.Host}/acme/hello:1", Options(credentials));

        Assert.Equal(pushed.Digest, mounted.Digest);
        Assert.All(mounted.Layers, layer => Assert.Equal(BlobOutcome.Mounted, layer.Outcome));
        Assert.DoesNotContain(proxy.Requests, request => request.Authorization?.StartsWith("Basic", StringComparison.Ordinal) == true);
        Assert.Contains(tokens.Requests, request => request.Authorization is null && request.Query.Contains("scope=repository%3Aacme%2Fbase%3Apull", StringComparison.Ordinal));
        Assert.Contains(tokens.Requests, request => request.Query.Contains("acme%2Fhello%3Apull%2Cpush", StringComparison.Ordinal) && request.Query.Contains("acme%2Fbase%3Apull", StringComparison.Ordinal));
    }

    [RequiresFact("docker-registry")]
    public async Task An_identity_token_is_posted_and_its_tokens_push()
    {
        await using var tokens = await TestTokenServer.StartAsync();
        await using var registry = await RegistryServer.StartAsync(new RegistryServerOptions { Tokens = tokens });
        var credentials = CredentialStore.From(RegistryCredentials.FromIdentityToken(tokens.IdentityToken));
        await new TestImage(new TestLayer(1)).PushAsync($"{registry.Host}/acme/hello:1", Options(credentials));
        Assert.All(tokens.Requests, request => Assert.Equal("POST", request.Method));
        Assert.All(tokens.Forms, form => Assert.Contains("grant_type=refresh_token", form, StringComparison.Ordinal));
    }

    [RequiresFact("docker-registry")]
    public async Task Tokens_that_end_soon_are_fetched_anew()
    {
        await using var tokens = await TestTokenServer.StartAsync();
        await using var registry = await RegistryServer.StartAsync(new RegistryServerOptions { Tokens = tokens });
        var reference = ImageReference.Parse($"{registry.Host}/acme/hello:1");
        var credentials = CredentialStore.From(new RegistryCredentials(tokens.User, tokens.Password));
        tokens.Life = 1;
        var image = new TestImage(new TestLayer(1) { Halfway = _ => Task.Delay(1500) });
        await image.PushAsync(reference, Options(credentials));
        Assert.True(tokens.Requests.Count >= 2);
    }

    [RequiresFact("docker-registry")]
    public async Task Wrong_credentials_are_refused_by_name_and_not_shown()
    {
        await using var tokens = await TestTokenServer.StartAsync();
        await using var registry = await RegistryServer.StartAsync(new RegistryServerOptions { Tokens = tokens });
        foreach (var credentials in new[] { new RegistryCredentials("alice", "wr0ng"), RegistryCredentials.FromIdentityToken("wr0ng") })
        {
            var exception = await Assert.ThrowsAsync<RegistryException>(() =>
                new TestImage(new TestLayer(1)).PushAsync($"{registry.Host}/acme/hello:1", Options(CredentialStore.From(credentials))));
            Assert.Equal(NixErrorCodes.RegistryAccessDenied, exception.Code);
            Assert.DoesNotContain("wr0ng", exception.ToString(), StringComparison.Ordinal);
        }
    }

    [RequiresFact("docker-registry")]
    public async Task Who_may_only_pull_cannot_push()
    {
        await using var tokens = await TestTokenServer.StartAsync();
        await using var registry = await RegistryServer.StartAsync(new RegistryServerOptions { Tokens = tokens });
        var exception = await Assert.ThrowsAsync<RegistryException>(() => new TestImage(new TestLayer(1)).PushAsync($"{registry.Host}/acme/hello:1", Options(CredentialStore.Anonymous)));
        Assert.Equal(NixErrorCodes.RegistryAccessDenied, exception.Code);
    }

    private static PushOptions Options(CredentialStore credentials) => new() { Credentials = credentials, RetryDelay = TimeSpan.FromMilliseconds(1) };
}
