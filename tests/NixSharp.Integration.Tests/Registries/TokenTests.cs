using System.Net;
using System.Text;
using NixSharp.Registries;
using Xunit;

namespace NixSharp.Integration.Tests.Registries;

public sealed class TokenTests
{
    private const string Password = "s3cret";
    private static readonly string Basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("alice:" + Password));

    private static PushOptions Options => new()
    {
        Credentials = CredentialStore.From(new RegistryCredentials("alice", Password)),
        RetryDelay = TimeSpan.FromMilliseconds(1),
    };

    [Fact]
    public async Task One_token_does_for_a_push_and_the_password_goes_to_the_token_server_only()
    {
        await using var tokens = new FakeRegistry();
        await using var registry = new FakeRegistry();
        tokens.Intercept = exchange => exchange.Answer(HttpStatusCode.OK, """{ "access_token": "t1" }""");
        registry.Intercept = Guard(tokens, "t1");
        await new TestImage(new TestLayer(1), new TestLayer(2, isKnown: true)).PushAsync($"{registry.Host}/acme/hello:1", Options with { Connections = 1 });
        var asked = Assert.Single(tokens.Requests);
        Assert.Equal("/token?service=the%20registry&scope=repository%3Aacme%2Fhello%3Apull%2Cpush", asked.Path);
        Assert.Equal(Basic, asked.Authorization);
        Assert.All(registry.Requests.Skip(1), request => Assert.Equal("Bearer t1", request.Authorization));
    }

    [Fact]
    public async Task A_client_that_only_reads_asks_for_no_more()
    {
        await using var tokens = new FakeRegistry();
        await using var registry = new FakeRegistry();
        tokens.Intercept = exchange => exchange.Answer(HttpStatusCode.OK, """{ "token": "t1", "expires_in": 300 }""");
        registry.Intercept = Guard(tokens, "t1");
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a"), new RegistryOptions { Credentials = CredentialStore.Anonymous });
        Assert.Null(await client.FindManifestAsync());
        var asked = Assert.Single(tokens.Requests);
        Assert.EndsWith("scope=repository%3Aa%3Apull", asked.Path, StringComparison.Ordinal);
        Assert.Null(asked.Authorization);
        Assert.Equal(3, client.RequestCount);
    }

    [Fact]
    public async Task A_token_that_the_registry_no_longer_takes_is_replaced()
    {
        await using var tokens = new FakeRegistry();
        await using var registry = new FakeRegistry();
        var issued = 0;
        tokens.Intercept = exchange => exchange.Answer(HttpStatusCode.OK, $$"""{ "token": "t{{Interlocked.Increment(ref issued)}}" }""");
        registry.Intercept = exchange => Guard(tokens, exchange.Request.Method is "PATCH" or "PUT" || issued > 1 ? "t2" : "t1")(exchange);
        var layer = new TestLayer(1);
        await new TestImage(layer).PushAsync($"{registry.Host}/a", Options);
        Assert.Equal(2, issued);
        Assert.Contains(layer.Descriptor!.Value.Blob.Digest.ToString(), registry.Blobs);
    }

    [Fact]
    public async Task A_token_server_that_refuses_is_reported_with_the_source_of_the_credentials()
    {
        await using var tokens = new FakeRegistry();
        await using var registry = new FakeRegistry();
        tokens.Intercept = exchange => exchange.Answer(HttpStatusCode.Unauthorized, """{ "errors": [ { "code": "UNAUTHORIZED", "message": "go\u001b[31m away" } ] }""");
        registry.Intercept = Guard(tokens, "t1");
        var exception = await Assert.ThrowsAsync<RegistryException>(() => new TestImage(new TestLayer(1)).PushAsync($"{registry.Host}/a", Options));
        Assert.Equal(NixErrorCodes.RegistryAccessDenied, exception.Code);
        Assert.Contains("user 'alice' from the options", exception.Message, StringComparison.Ordinal);
        Assert.Equal("go away", Assert.Single(exception.Errors).Message);
        Assert.DoesNotContain(Password, exception.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Basic[6..], exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_not_enough_is_no_reason_to_ask_forever()
    {
        await using var tokens = new FakeRegistry();
        await using var registry = new FakeRegistry();
        tokens.Intercept = exchange => exchange.Answer(HttpStatusCode.OK, """{ "token": "weak" }""");
        registry.Intercept = Guard(tokens, "strong");
        var exception = await Assert.ThrowsAsync<RegistryException>(() => new TestImage(new TestLayer(1)).PushAsync($"{registry.Host}/a", Options));
        Assert.Equal(NixErrorCodes.RegistryAccessDenied, exception.Code);
        Assert.Equal(2, registry.Requests.Count);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{ \"token\": \"a\\r\\nX-Evil: 1\" }")]
    [InlineData("{ \"token\": 3 }")]
    [InlineData("<html>")]
    public async Task An_answer_without_a_token_is_malformed(string answer)
    {
        await using var tokens = new FakeRegistry();
        await using var registry = new FakeRegistry();
        tokens.Intercept = exchange => exchange.Answer(HttpStatusCode.OK, answer);
        registry.Intercept = Guard(tokens, "t1");
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a"), Options);
        var exception = await Assert.ThrowsAsync<RegistryException>(() => client.PingAsync());
        Assert.Equal(NixErrorCodes.RegistryAnswerMalformed, exception.Code);
    }

    [Fact]
    public async Task A_redirect_of_the_token_server_is_not_followed()
    {
        await using var tokens = new FakeRegistry();
        await using var registry = new FakeRegistry();
        await using var thief = new FakeRegistry();
        tokens.Intercept = exchange => exchange.Answer(HttpStatusCode.TemporaryRedirect, "", ("Location", $"http://{thief.Host}/token"));
        registry.Intercept = Guard(tokens, "t1");
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a"), Options);
        await Assert.ThrowsAsync<RegistryException>(() => client.PingAsync());
        Assert.Empty(thief.Requests);
    }

    [Fact]
    public async Task An_identity_token_is_exchanged_by_POST()
    {
        await using var tokens = new FakeRegistry();
        await using var registry = new FakeRegistry();
        var body = "";
        tokens.Intercept = exchange =>
        {
            body = Encoding.UTF8.GetString(exchange.ReadBody());
            return exchange.Answer(HttpStatusCode.OK, """{ "access_token": "t1" }""");
        };
        registry.Intercept = Guard(tokens, "t1");
        var options = Options with { Credentials = CredentialStore.From(RegistryCredentials.FromIdentityToken("refresh-me")) };
        await new TestImage(new TestLayer(1)).PushAsync($"{registry.Host}/a", options);
        Assert.Equal("POST", Assert.Single(tokens.Requests).Method);
        Assert.Contains("grant_type=refresh_token", body, StringComparison.Ordinal);
        Assert.Contains("refresh_token=refresh-me", body, StringComparison.Ordinal);
    }

    private static Func<FakeExchange, bool> Guard(FakeRegistry tokens, string token) => exchange =>
        exchange.Request.Authorization != "Bearer " + token &&
        exchange.Answer(HttpStatusCode.Unauthorized, "", ("WWW-Authenticate", $"Bearer realm=\"http://{tokens.Host}/token\",service=\"the registry\",scope=\"x\""));
}
