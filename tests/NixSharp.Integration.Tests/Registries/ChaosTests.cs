using NixSharp.Images.Oci;
using NixSharp.Integration.Tests.Registries.Skopeo;
using NixSharp.Registries;
using NixSharp.Registries.Copying;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Registries;

public sealed class ChaosTests : IDisposable
{
    private static readonly PushOptions Options = new() { Credentials = CredentialStore.Anonymous, RetryDelay = TimeSpan.FromMilliseconds(1), MaxAttempts = 4 };
    private static readonly PullOptions Pull = new() { Credentials = CredentialStore.Anonymous, RetryDelay = TimeSpan.FromMilliseconds(1), MaxAttempts = 4 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("docker-registry")]
    public async Task Pushes_through_a_bad_network_end_whole_or_with_an_error_that_has_a_code()
    {
        await using var registry = await RegistryServer.StartAsync();
        await using var proxy = await ChaosProxy.StartAsync(registry.Host);
        var whole = 0;
        for (var seed = 1; seed <= 10; seed++)
        {
            proxy.Choose = Faults(seed, likely: seed * 0.05);
            var layers = Enumerable.Range(0, 3).Select(number => new TestLayer((seed * 10) + number, 300_000, isKnown: number == 0)).ToArray();
            var options = Options with { ChunkSize = seed % 2 == 0 ? 100_000 : null };
            var error = await Record.ExceptionAsync(() => new TestImage(layers).PushAsync($"{proxy.Host}/acme/hello:{seed}", options));
            whole += await CheckAsync(registry, seed, layers, error) ? 1 : 0;
        }

        Assert.NotEqual(0, whole);
    }

    [RequiresFact("docker-registry")]
    public async Task Pulls_and_copies_through_a_bad_network_end_whole_or_with_an_error_that_has_a_code()
    {
        await using var registry = await RegistryServer.StartAsync();
        await using var proxy = await ChaosProxy.StartAsync(registry.Host);
        await using var other = await RegistryServer.StartAsync();
        var layers = Enumerable.Range(0, 3).Select(number => new TestLayer(number, 300_000)).ToArray();
        var pushed = await new TestImage(layers).PushAsync($"{registry.Host}/acme/hello:1", Options);
        var (pulled, copied) = (0, 0);
        for (var seed = 1; seed <= 8; seed++)
        {
            proxy.Choose = Faults(seed, likely: seed * 0.06);
            var error = await Record.ExceptionAsync(async () =>
            {
                using var image = await RegistryImage.OpenAsync($"{proxy.Host}/acme/hello:1", Pull);
                Assert.Equal(pushed.Digest, (await image.WriteAsync($"oci:{_folder[$"{seed}"]}")).ManifestDigest);
                pulled++;
            });
            AssertHasCode(error);
            Assert.Equal(error is null, File.Exists(_folder[$"{seed}/index.json"]));

            var destination = ImageReference.Parse($"{other.Host}/copy-{seed}:1");
            error = await Record.ExceptionAsync(() =>
                RegistryCopy.CopyAsync(ImageReference.Parse($"{proxy.Host}/acme/hello:1"), destination, new CopyOptions { Source = Options, Destination = Options }));
            AssertHasCode(error);
            using var client = new RegistryClient(destination, Options);
            Assert.Equal(error is null, await client.HasManifestAsync());
            copied += error is null ? 1 : 0;
        }

        Assert.NotEqual(0, pulled);
        Assert.NotEqual(0, copied);
    }

    [RequiresFact("docker-registry")]
    public async Task A_push_that_was_stopped_finishes_without_sending_what_is_there()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var stop = new CancellationTokenSource();
        var first = new TestLayer(1, 500_000, isKnown: true);
        var second = new TestLayer(2, 300_000, isKnown: true) { Halfway = _ => stop.CancelAsync() };
        var reference = ImageReference.Parse($"{registry.Host}/hello:1");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new TestImage(first, second).PushAsync(reference, Options with { Connections = 1 }, stop.Token));
        using var client = new RegistryClient(reference, Options);
        Assert.False(await client.HasManifestAsync());

        var result = await new TestImage(first, new TestLayer(2, 300_000, isKnown: true)).PushAsync(reference, Options);
        Assert.Equal([BlobOutcome.AlreadyPresent, BlobOutcome.Uploaded], result.Layers.Select(layer => layer.Outcome));
    }

    [RequiresFact("docker-registry")]
    public async Task Blobs_on_another_host_are_fetched_without_credentials()
    {
        await using var tokens = await TestTokenServer.StartAsync();
        await using var basic = await RegistryServer.StartAsync(TestUser.Htpasswd);
        await using var bearer = await RegistryServer.StartAsync(new RegistryServerOptions { Tokens = tokens });
        await using var storage = await RegistryServer.StartAsync();
        var image = new TestImage(new TestLayer(1), new TestLayer(2));
        await image.PushAsync($"{storage.Host}/acme/hello:1", Options);
        foreach (var (registry, credentials) in new[] { (basic, TestUser.Credentials), (bearer, CredentialStore.From(new RegistryCredentials(tokens.User, tokens.Password))) })
        {
            await using var front = await ChaosProxy.StartAsync(registry.Host);
            await using var elsewhere = await ChaosProxy.StartAsync(storage.Host);
            var pushed = await image.PushAsync($"{front.Host}/acme/hello:1", Options with { Credentials = credentials });
            front.Choose = request => request.Method == "GET" && request.Path.Contains("/blobs/", StringComparison.Ordinal)
                ? Fault.Answer(307, ("Location", $"http://{OtherName(elsewhere.Host)}{request.Path}"))
                : Fault.None;
            using var pulled = await RegistryImage.OpenAsync($"{front.Host}/acme/hello:1", Pull with { Credentials = credentials });
            Assert.Equal(pushed.Digest, (await pulled.WriteAsync($"oci:{_folder[$"{registry.Port}"]}")).ManifestDigest);
            Assert.NotEmpty(elsewhere.Requests);
            Assert.All(elsewhere.Requests, request => Assert.Null(request.Authorization));
            Assert.Contains(front.Requests, request => request.Authorization is not null);
        }
    }

    [RequiresFact("docker-registry")]
    public async Task Locations_without_a_host_lead_on()
    {
        await using var registry = await RegistryServer.StartAsync();
        await using var proxy = await ChaosProxy.StartRelativeAsync(registry.Host);
        var layers = new[] { new TestLayer(1, 300_000), new TestLayer(2, isKnown: true) };
        await new TestImage(layers).PushAsync($"{proxy.Host}/acme/hello:1", Options with { ChunkSize = 100_000 });
        Assert.True(await CheckAsync(registry, 1, layers, null));
    }

    [Fact]
    public async Task From_TLS_nothing_leads_to_a_place_without()
    {
        using var authority = new TestAuthority();
        await using var plain = new FakeRegistry();
        await using var front = await ChaosProxy.StartAsync(plain.Host, authority);
        front.Choose = request => Fault.Answer(307, ("Location", $"http://{OtherName(plain.Host)}{request.Path}"));
        using var client = new RegistryClient(ImageReference.Parse($"{front.Host}/a"), Options with { CertificateFolder = authority.WriteFolder(_folder["certs"]) });
        var exception = await Assert.ThrowsAsync<RegistryException>(() => client.GetManifestAsync());
        Assert.Equal(NixErrorCodes.RegistryAnswerMalformed, exception.Code);
        Assert.Empty(plain.Requests);
    }

    [RequiresFact("docker-registry")]
    public async Task The_time_that_a_busy_registry_asks_for_is_given_to_it()
    {
        await using var registry = await RegistryServer.StartAsync();
        await using var proxy = await ChaosProxy.StartAsync(registry.Host);
        var refusals = 3;
        proxy.Choose = _ => Interlocked.Decrement(ref refusals) >= 0 ? Fault.Answer(429, ("Retry-After", "0")) : Fault.None;
        await new TestImage(new TestLayer(1)).PushAsync($"{proxy.Host}/a", Options with { RetryDelay = TimeSpan.FromMinutes(10) });

        proxy.Choose = static _ => Fault.Answer(429, ("Retry-After", "0"));
        using var client = new RegistryClient(ImageReference.Parse($"{proxy.Host}/a"), Options);
        Assert.Equal(NixErrorCodes.RegistryRateLimited, (await Assert.ThrowsAsync<RegistryException>(() => client.GetManifestAsync())).Code);
    }

    private static string OtherName(string host) => host.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);

    private static Func<SeenRequest, Fault> Faults(int seed, double likely)
    {
        var random = new Random(seed);
        return _ =>
        {
            lock (random)
            {
                return random.NextDouble() >= likely ? Fault.None : random.Next(8) switch
                {
                    0 => Fault.Refuse,
                    1 => Fault.LoseAnswer,
                    2 => new Fault { RequestBytes = random.Next(1, 200_000) },
                    3 => new Fault { AnswerBytes = random.Next(200_000) },
                    4 => Fault.Answer(429, ("Retry-After", "0")),
                    5 => Fault.Answer(500),
                    6 => Fault.Answer(503),
                    _ => Fault.Answer(408),
                };
            }
        };
    }

    /// <summary>Whether the tag is there, in which case everything else has to be, to the byte.</summary>
    private static async Task<bool> CheckAsync(RegistryServer registry, int tag, TestLayer[] layers, Exception? error)
    {
        AssertHasCode(error);
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/acme/hello:{tag}"), Options);
        if (!await client.HasManifestAsync())
        {
            Assert.NotNull(error);
            return false;
        }

        using var pulled = await RegistryImage.OpenAsync(client.Reference, Pull);
        Assert.Equal(layers.Length, pulled.Layers.Count);
        foreach (var (index, layer) in layers.Index())
        {
            using var bytes = new MemoryStream();
            await pulled.Layers[index].WriteToAsync(bytes);
            Assert.True(layer.Blob.Span.SequenceEqual(bytes.ToArray()));
            Assert.Equal(OciDigest.Compute(layer.Blob.Span), pulled.Layers[index].Descriptor!.Value.Blob.Digest);
        }

        return error is null;
    }

    private static void AssertHasCode(Exception? error)
    {
        if (error is not null)
        {
            Assert.StartsWith("NIXS4", Assert.IsAssignableFrom<NixException>(error).Code, StringComparison.Ordinal);
        }
    }
}
