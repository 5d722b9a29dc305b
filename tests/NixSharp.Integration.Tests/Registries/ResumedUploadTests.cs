using System.Globalization;
using System.Net;
using NixSharp.Images.Oci;
using NixSharp.Registries;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Registries;

public sealed class ResumedUploadTests
{
    private static readonly PushOptions Options = new() { Credentials = CredentialStore.Anonymous, RetryDelay = TimeSpan.FromMilliseconds(1) };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upload_goes_on_where_the_connection_broke(bool isKnown)
    {
        await using var registry = new FakeRegistry();
        var failures = 1;
        registry.Intercept = exchange =>
        {
            var isBody = exchange.Request.Method == (isKnown ? "PUT" : "PATCH") && exchange.Request.Plain.Contains("/uploads/", StringComparison.Ordinal);
            if (!isBody || Interlocked.Decrement(ref failures) < 0)
            {
                return false;
            }

            registry.Append(exchange.Request.Last, exchange.ReadBeginning(2_000_000)[..1_900_000]);
            return exchange.Abort();
        };
        var layer = new TestLayer(1, 5_000_000, isKnown);
        await new TestImage(layer).PushAsync($"{registry.Host}/a", Options);
        Assert.Contains(OciDigest.Compute(layer.Blob.Span).ToString(), registry.Blobs);
        if (isKnown)
        {
            var rest = Assert.Single(registry.Requests, request => request.Headers.ContainsKey("Content-Range"));
            Assert.Equal($"1900000-{layer.Blob.Length - 1}", rest.Headers["Content-Range"]);
            Assert.Equal(layer.Blob.Length - 1_900_000, int.Parse(rest.Headers["Content-Length"], CultureInfo.InvariantCulture));
        }

        Assert.Equal(2, registry.Requests.Count(request => request.Method == "POST"));
    }

    [Fact]
    public async Task A_chunk_whose_answer_was_lost_is_not_sent_again()
    {
        await using var registry = new FakeRegistry();
        var patches = 0;
        registry.Intercept = exchange =>
        {
            if (exchange.Request.Method != "PATCH" || Interlocked.Increment(ref patches) != 3)
            {
                return false;
            }

            registry.Append(exchange.Request.Last, exchange.ReadBody());
            return exchange.Abort();
        };
        var layer = new TestLayer(1, 1_000_000);
        await new TestImage(layer).PushAsync($"{registry.Host}/a", Options with { ChunkSize = 200_000 });
        Assert.Contains(OciDigest.Compute(layer.Blob.Span).ToString(), registry.Blobs);
        Assert.Equal(1, layer.TimesWritten);
        Assert.Equal((layer.Blob.Length + 199_999) / 200_000, patches);
    }

    [Fact]
    public async Task A_chunk_that_the_registry_has_a_part_of_goes_on_from_there()
    {
        await using var registry = new FakeRegistry();
        var patches = 0;
        registry.Intercept = exchange =>
        {
            if (exchange.Request.Method != "PATCH" || Interlocked.Increment(ref patches) != 2)
            {
                return false;
            }

            var begun = registry.Append(exchange.Request.Last, exchange.ReadBody()[..50_000]);
            return FakeRegistry.AnswerSession(exchange, begun, HttpStatusCode.RequestedRangeNotSatisfiable);
        };
        var layer = new TestLayer(1, 500_000);
        await new TestImage(layer).PushAsync($"{registry.Host}/a", Options with { ChunkSize = 200_000 });
        Assert.Contains(OciDigest.Compute(layer.Blob.Span).ToString(), registry.Blobs);
        Assert.Contains(registry.Requests, request => request.Headers.GetValueOrDefault("Content-Range") == "250000-399999");
    }

    [Fact]
    public async Task A_registry_that_is_out_of_step_gets_a_new_upload()
    {
        await using var registry = new FakeRegistry();
        var patches = 0;
        registry.Intercept = exchange =>
        {
            if (exchange.Request.Method != "PATCH" || Interlocked.Increment(ref patches) != 2)
            {
                return false;
            }

            // Once too often.
            var chunk = exchange.ReadBody();
            registry.Append(exchange.Request.Last, chunk);
            return FakeRegistry.AnswerSession(exchange, registry.Append(exchange.Request.Last, chunk), HttpStatusCode.Accepted);
        };
        var layer = new TestLayer(1, 500_000);
        await new TestImage(layer).PushAsync($"{registry.Host}/a", Options with { ChunkSize = 200_000 });
        Assert.Contains(OciDigest.Compute(layer.Blob.Span).ToString(), registry.Blobs);
    }

    [Fact]
    public async Task Chunks_have_at_least_the_size_that_the_registry_wants()
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = exchange => exchange.Request.Method == "POST" &&
            exchange.Answer(HttpStatusCode.Accepted, "", ("Location", $"{exchange.Request.Plain}{Guid.NewGuid():N}"), ("OCI-Chunk-Min-Length", "300000"));
        await new TestImage(new TestLayer(1, 500_000)).PushAsync($"{registry.Host}/a", Options with { ChunkSize = 1000 });
        Assert.Equal("0-299999", registry.Requests.First(request => request.Headers.ContainsKey("Content-Range")).Headers["Content-Range"]);
    }

    [Fact]
    public async Task A_layer_that_is_too_large_for_one_request_is_sent_in_chunks()
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = exchange => exchange.Request.Method == "PATCH" && !exchange.Request.Headers.ContainsKey("Content-Range") &&
            exchange.Answer(HttpStatusCode.RequestEntityTooLarge);
        var layer = new TestLayer(1, 500_000);
        await new TestImage(layer).PushAsync($"{registry.Host}/a", Options);
        Assert.Contains(OciDigest.Compute(layer.Blob.Span).ToString(), registry.Blobs);
    }

    [Fact]
    public async Task A_small_blob_takes_one_request_where_the_registry_takes_it_so()
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = exchange => exchange.Request.Method == "POST" && exchange.Request.Path.Contains("digest=", StringComparison.Ordinal) && exchange.Answer(HttpStatusCode.Created);
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a"), Options);
        await client.UploadBlobAsync(new OciDescriptor("application/octet-stream", OciDigest.Compute("contents"u8), 8), "contents"u8.ToArray());
        Assert.Equal(1, client.RequestCount);
    }

    [RequiresFact("docker-registry")]
    public async Task Chunks_reach_a_real_registry_through_a_bad_network()
    {
        await using var registry = await RegistryServer.StartAsync();
        await using var proxy = await ChaosProxy.StartAsync(registry.Host);
        var number = 0;
        proxy.Choose = request => request.Method != "PATCH" ? Fault.None : Interlocked.Increment(ref number) switch
        {
            3 => Fault.Refuse,
            5 => Fault.Answer(503),
            8 => new Fault { RequestBytes = 50_000 },
            _ => Fault.None,
        };
        var layer = new TestLayer(1, 900_000);
        var result = await new TestImage(layer).PushAsync($"{proxy.Host}/a", Options with { ChunkSize = 100_000 });
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a"), Options);
        using var copy = new MemoryStream();
        await client.DownloadBlobAsync(layer.Descriptor!.Value.Blob, copy);
        Assert.True(layer.Blob.Span.SequenceEqual(copy.ToArray()));
    }
}
