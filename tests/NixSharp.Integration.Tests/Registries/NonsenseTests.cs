using System.Net;
using NixSharp.Images.Oci;
using NixSharp.Registries;
using NixSharp.Registries.Copying;
using Xunit;

namespace NixSharp.Integration.Tests.Registries;

public sealed class NonsenseTests
{
    private static readonly PullOptions Options = new()
    {
        Credentials = CredentialStore.From(new RegistryCredentials("alice", "s3cret")),
        RetryDelay = TimeSpan.FromMilliseconds(1),
        MaxAttempts = 2,
        Timeout = TimeSpan.FromMilliseconds(300),
    };

    public static TheoryData<string> Bodies { get; } = new()
    {
        "",
        "null",
        "{}",
        "[",
        "<html>",
        "\0\u0001\u0002",
        new string('[', 100_000),
        """{ "schemaVersion": 2, "config": 1, "layers": 2, "manifests": "x" }""",
        """{ "schemaVersion": 2, "manifests": [1, {}, { "digest": "sha256:../../x" }] }""",
        """{ "config": { "mediaType": "a", "digest": "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae", "size": -1 }, "layers": [] }""",
        """{ "tags": { "a": 1 }, "token": { }, "layers": [ { "size": 1e400 } ] }""",
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_registry_that_answers_nonsense_is_refused_with_a_code(string body)
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = exchange => exchange.Answer(HttpStatusCode.OK, body, ("Content-Type", OciMediaTypes.Manifest));
        var reference = ImageReference.Parse($"{registry.Host}/a");
        await AssertRefusedAsync(async () => (await RegistryImage.OpenAsync(reference, Options)).Dispose());
        await using var destination = new FakeRegistry();
        await AssertRefusedAsync(() => RegistryCopy.CopyAsync(reference, ImageReference.Parse($"{destination.Host}/b"), new CopyOptions { Source = Options, Destination = Options }));
        Assert.DoesNotContain(destination.Requests, request => request.Method == "PUT");
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_token_server_that_answers_nonsense_is_refused_with_a_code(string body)
    {
        await using var tokens = new FakeRegistry();
        await using var registry = new FakeRegistry();
        tokens.Intercept = exchange => exchange.Answer(HttpStatusCode.OK, body);
        registry.Intercept = exchange => exchange.Answer(HttpStatusCode.Unauthorized, body, ("WWW-Authenticate", $"Bearer realm=\"http://{tokens.Host}/token\""));
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a"), Options);
        await AssertRefusedAsync(() => client.GetManifestAsync());
    }

    [Theory]
    [InlineData("Bearer realm=\"file:///etc/passwd\"")]
    [InlineData("Bearer realm=\"http://alice@127.0.0.1/\"")]
    [InlineData("Bearer")]
    [InlineData("Bearer realm=\"")]
    [InlineData("Negotiate")]
    public async Task A_challenge_that_leads_nowhere_costs_no_credentials(string challenge)
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = exchange => exchange.Answer(HttpStatusCode.Unauthorized, "", ("WWW-Authenticate", challenge));
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a"), Options);
        await AssertRefusedAsync(() => client.GetManifestAsync());
        Assert.All(registry.Requests, request => Assert.Null(request.Authorization));
    }

    [Fact]
    public async Task A_registry_that_answers_forever_is_given_up()
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = exchange => exchange.AnswerForever(registry.Closing, ("Content-Type", OciMediaTypes.Manifest));
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a"), Options);
        var exception = await Assert.ThrowsAsync<RegistryException>(() => client.GetManifestAsync());
        Assert.Equal(NixErrorCodes.RegistryUnreachable, exception.Code);
        Assert.Contains("was not there after", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_stops_waiting_for_a_registry_is_free_at_once()
    {
        await using var registry = new FakeRegistry();
        using var stop = new CancellationTokenSource();
        registry.Intercept = exchange =>
        {
            stop.Cancel();
            return exchange.AnswerForever(registry.Closing);
        };
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a"), Options with { Timeout = TimeSpan.FromHours(1) });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetManifestAsync(cancellationToken: stop.Token));
    }

    private static async Task AssertRefusedAsync(Func<Task> action)
    {
        var exception = await Assert.ThrowsAnyAsync<NixException>(action);
        Assert.StartsWith("NIXS4", exception.Code, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", exception.ToString(), StringComparison.Ordinal);
    }
}
