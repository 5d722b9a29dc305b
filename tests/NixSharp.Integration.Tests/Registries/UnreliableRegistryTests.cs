using System.Net;
using NixSharp.Images.Oci;
using NixSharp.Registries;
using Xunit;

namespace NixSharp.Integration.Tests.Registries;

public sealed class UnreliableRegistryTests
{
    private static readonly PushOptions Options = new()
    {
        Credentials = CredentialStore.From(new RegistryCredentials("alice", "s3cret")),
        RetryDelay = TimeSpan.FromMilliseconds(1),
    };

    [Fact]
    public async Task Relative_Locations_with_a_query_are_followed()
    {
        await using var registry = new FakeRegistry();
        var image = new TestImage(new TestLayer(1, 300_000), new TestLayer(2, 300_000, isKnown: true));
        await image.PushAsync($"{registry.Host}/a", Options);
        Assert.All(image.Layers, layer => Assert.Contains(layer.Descriptor!.Value.Blob.Digest.ToString(), registry.Blobs));
        Assert.Contains(registry.Requests, request => request.Method == "PUT" && request.Path.Contains("?state=1&digest=sha256%3A", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("HEAD", HttpStatusCode.TooManyRequests)]
    [InlineData("POST", HttpStatusCode.ServiceUnavailable)]
    [InlineData("PATCH", HttpStatusCode.BadGateway)]
    [InlineData("PUT", HttpStatusCode.GatewayTimeout)]
    [InlineData("PUT", HttpStatusCode.RequestTimeout)]
    public async Task A_busy_registry_is_asked_again_when_it_says(string method, HttpStatusCode status)
    {
        await using var registry = new FakeRegistry();
        var failures = method == "PATCH" ? 1 : 2;
        registry.Intercept = exchange =>
            exchange.Request.Method == method && Interlocked.Decrement(ref failures) >= 0 &&
            exchange.Answer(status, "", ("Retry-After", "0"));

        // Without Retry-After being heeded, this would take hours.
        var image = new TestImage(new TestLayer(1), new TestLayer(2, isKnown: true));
        var result = await image.PushAsync($"{registry.Host}/a:1", Options with { RetryDelay = TimeSpan.FromHours(1) });
        using var client = new RegistryClient(result.Reference, Options);
        Assert.Equal(result.Digest, (await client.FindManifestAsync())?.Digest);
        Assert.True(failures <= 0);
    }

    [Fact]
    public async Task A_busy_registry_is_given_up_in_the_end()
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = exchange => exchange.Answer(HttpStatusCode.ServiceUnavailable);
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a"), Options with { MaxAttempts = 3 });
        var exception = await Assert.ThrowsAsync<RegistryException>(() => client.PingAsync());
        Assert.Equal(NixErrorCodes.RegistryUnreachable, exception.Code);
        Assert.Equal(3, registry.Requests.Count);
    }

    [Fact]
    public async Task A_layer_is_made_again_in_a_new_session_when_the_connection_breaks()
    {
        await using var registry = new FakeRegistry();
        var failures = 1;
        registry.Intercept = exchange =>
        {
            if (exchange.Request.Method != "PATCH" || Interlocked.Decrement(ref failures) < 0)
            {
                return false;
            }

            exchange.ReadBeginning(1000);
            return exchange.Abort();
        };
        var layer = new TestLayer(1, 3_000_000);
        var result = await new TestImage(layer).PushAsync($"{registry.Host}/a", Options);
        Assert.Equal(2, layer.TimesWritten);
        Assert.Equal(3, registry.Requests.Count(request => request.Method == "POST"));
        Assert.Single(registry.Requests, request => request.Method == "DELETE");
        Assert.Contains(result.Layers[0].Digest.ToString(), registry.Blobs);
    }

    [Fact]
    public async Task A_session_that_the_registry_lost_is_begun_again()
    {
        await using var registry = new FakeRegistry();
        var failures = 1;
        registry.Intercept = exchange =>
            exchange.Request.Method == "PUT" && exchange.Request.Path.Contains("/uploads/", StringComparison.Ordinal) && Interlocked.Decrement(ref failures) >= 0 &&
            exchange.Answer(HttpStatusCode.NotFound, """{ "errors": [ { "code": "BLOB_UPLOAD_UNKNOWN" } ] }""");
        var layer = new TestLayer(1);
        await new TestImage(layer).PushAsync($"{registry.Host}/a", Options);
        Assert.Equal(2, layer.TimesWritten);
    }

    [Fact]
    public async Task Layers_of_the_previous_image_that_are_gone_after_all_are_uploaded()
    {
        await using var registry = new FakeRegistry();
        var kept = new TestLayer(1, isKnown: true);
        await new TestImage(kept, new TestLayer(2)).PushAsync($"{registry.Host}/a:1", Options);
        var digest = kept.Descriptor!.Value.Blob.Digest.ToString();
        registry.Forget(digest);
        registry.Intercept = exchange =>
            exchange.Request.Method == "PUT" && exchange.Request.Path.Contains("/manifests/", StringComparison.Ordinal) && !registry.Blobs.Contains(digest) &&
            exchange.Answer(HttpStatusCode.BadRequest, """{ "errors": [ { "code": "MANIFEST_BLOB_UNKNOWN", "message": "blob unknown" } ] }""");
        var result = await new TestImage(kept, new TestLayer(3, isKnown: true)).PushAsync($"{registry.Host}/a:1", Options);
        Assert.Equal([BlobOutcome.Uploaded, BlobOutcome.AlreadyPresent], result.Layers.Select(layer => layer.Outcome));
        Assert.Contains(digest, registry.Blobs);
    }

    [Fact]
    public async Task An_upload_that_is_sent_elsewhere_takes_no_credentials_along()
    {
        await using var registry = new FakeRegistry();
        await using var storage = new FakeRegistry();
        var sessions = 0;
        registry.Intercept = exchange =>
            Challenge(exchange) ||
            (exchange.Request.Method == "POST" && exchange.Answer(HttpStatusCode.Accepted, "", ("Location", $"http://{storage.Host}/v2/a/blobs/uploads/{Interlocked.Increment(ref sessions)}?sig=x")));
        await new TestImage(new TestLayer(1), new TestLayer(2, isKnown: true)).PushAsync($"{registry.Host}/a", Options with { Connections = 1 });
        Assert.Contains(storage.Requests, request => request.Method == "PATCH");
        Assert.Contains(storage.Requests, request => request.Method == "PUT");
        Assert.All(storage.Requests, request => Assert.Null(request.Authorization));
        Assert.All(registry.Requests.Skip(1), request => Assert.StartsWith("Basic ", request.Authorization, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_blob_that_is_elsewhere_is_fetched_without_credentials()
    {
        await using var registry = new FakeRegistry();
        await using var storage = new FakeRegistry();
        var blob = new OciDescriptor("application/octet-stream", OciDigest.Compute("contents"u8), 8);
        using (var there = new RegistryClient(ImageReference.Parse($"{storage.Host}/a"), new RegistryOptions { Credentials = CredentialStore.Anonymous }))
        {
            await there.UploadBlobAsync(blob, "contents"u8.ToArray());
        }

        registry.Intercept = exchange =>
            Challenge(exchange) ||
            exchange.Answer(HttpStatusCode.TemporaryRedirect, "", ("Location", $"http://{storage.Host}{exchange.Request.Path}"));
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a"), Options);
        using var copy = new MemoryStream();
        await client.DownloadBlobAsync(blob, copy);
        Assert.Equal("contents"u8.ToArray(), copy.ToArray());
        Assert.All(storage.Requests, request => Assert.Null(request.Authorization));
    }

    [Fact]
    public async Task Redirects_in_a_circle_end()
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = exchange => exchange.Answer(HttpStatusCode.TemporaryRedirect, "", ("Location", exchange.Request.Path));
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a"), Options);
        await Assert.ThrowsAsync<RegistryException>(() => client.PingAsync());
        Assert.InRange(registry.Requests.Count, 2, 10);
    }

    [Fact]
    public async Task A_registry_that_stored_another_manifest_is_found_out()
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = exchange =>
            exchange.Request.Method == "PUT" && exchange.Request.Path.Contains("/manifests/", StringComparison.Ordinal) &&
            exchange.Answer(HttpStatusCode.Created, "", ("Docker-Content-Digest", OciDigest.Compute("other"u8).ToString()));
        var exception = await Assert.ThrowsAsync<RegistryException>(() => new TestImage(new TestLayer(1)).PushAsync($"{registry.Host}/a", Options));
        Assert.Equal(NixErrorCodes.RegistryDigestMismatch, exception.Code);
    }

    [Fact]
    public async Task Contents_that_were_changed_on_the_way_are_found_out()
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = exchange => exchange.Answer(HttpStatusCode.OK, "changed!", ("Content-Type", OciMediaTypes.Manifest));
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a"), Options);
        var blob = new OciDescriptor("application/octet-stream", OciDigest.Compute("contents"u8), 8);
        var fetched = await Assert.ThrowsAsync<RegistryException>(() => client.DownloadBlobAsync(blob, new MemoryStream()));
        Assert.Equal(NixErrorCodes.RegistryDigestMismatch, fetched.Code);
        var manifest = await Assert.ThrowsAsync<RegistryException>(() => client.GetManifestAsync(blob.Digest.ToString()));
        Assert.Equal(NixErrorCodes.RegistryDigestMismatch, manifest.Code);
    }

    [Fact]
    public async Task A_manifest_that_is_too_large_is_not_read()
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = exchange => exchange.Answer(HttpStatusCode.OK, new string(' ', (4 << 20) + 1), ("Content-Type", OciMediaTypes.Manifest));
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a"), Options);
        var exception = await Assert.ThrowsAsync<RegistryException>(() => client.GetManifestAsync());
        Assert.Equal(NixErrorCodes.RegistryAnswerMalformed, exception.Code);
    }

    [Fact]
    public async Task A_layer_that_the_registry_does_not_want_in_chunks_either_is_refused()
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = exchange =>
            exchange.Request.Method == "PATCH" && exchange.Answer(HttpStatusCode.RequestEntityTooLarge, "<html>too large</html>");
        var layer = new TestLayer(1, 1_000_000);
        var exception = await Assert.ThrowsAsync<RegistryException>(() => new TestImage(layer).PushAsync($"{registry.Host}/a", Options));
        Assert.Equal(NixErrorCodes.RegistryRefused, exception.Code);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, exception.Status);
        Assert.Contains("limits the size of a layer", exception.Message, StringComparison.Ordinal);
        Assert.Equal(1, layer.TimesWritten);
    }

    [Fact]
    public async Task A_mount_that_is_not_allowed_becomes_an_upload()
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = exchange =>
            exchange.Request.Path.Contains("mount=", StringComparison.Ordinal) && exchange.Answer(HttpStatusCode.Forbidden);
        var result = await new TestImage(new TestLayer(1, isKnown: true)).PushAsync($"{registry.Host}/a", Options with { MountFrom = ["b"] });
        Assert.Equal(BlobOutcome.Uploaded, Assert.Single(result.Layers).Outcome);
    }

    [Fact]
    public async Task A_registry_that_shows_no_life_is_given_up()
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = _ =>
        {
            registry.Closing.Wait();
            return true;
        };
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a"), Options with { Timeout = TimeSpan.FromMilliseconds(100), MaxAttempts = 1 });
        var exception = await Assert.ThrowsAsync<RegistryException>(() => client.PingAsync());
        Assert.Equal(NixErrorCodes.RegistryUnreachable, exception.Code);
        Assert.Contains("no sign of life", exception.Message, StringComparison.Ordinal);
    }

    private static bool Challenge(FakeExchange exchange) =>
        exchange.Request.Authorization is null &&
        exchange.Answer(HttpStatusCode.Unauthorized, "", ("WWW-Authenticate", "Basic realm=\"r\""));
}
