using System.Net;
using Newtonsoft.Json.Linq;
using NixSharp.Images.Oci;
using NixSharp.Registries;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Registries;

public sealed class RegistryImageTests : IDisposable
{
    private static readonly PushOptions Push = new() { Credentials = CredentialStore.Anonymous };
    private static readonly PullOptions Pull = new() { Credentials = CredentialStore.Anonymous, RetryDelay = TimeSpan.FromMilliseconds(1) };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("docker-registry", "skopeo")]
    public async Task An_image_is_pulled_to_a_layout_with_the_same_digest()
    {
        await using var registry = await RegistryServer.StartAsync();
        var pushed = await new TestImage(new TestLayer(1, 500_000), new TestLayer(2)).PushAsync($"{registry.Host}/hello:1", Push);
        using var image = await RegistryImage.OpenAsync($"{registry.Host}/hello:1", Pull);
        var written = await image.WriteAsync($"oci:{_folder["layout"]}:1");
        Assert.Equal(pushed.Digest, written.ManifestDigest);
        var inspected = JObject.Parse(await CommandLine.RunAsync("skopeo", "inspect", $"oci:{_folder["layout"]}:1"));
        Assert.Equal(pushed.Digest.ToString(), (string?)inspected["Digest"]);
        await image.WriteAsync($"docker-archive:{_folder["image.tar"]}:hello:1");
        await CommandLine.RunAsync("skopeo", "inspect", $"docker-archive:{_folder["image.tar"]}");
    }

    [RequiresFact("docker-registry")]
    public async Task An_image_is_pushed_to_another_repository_of_its_registry_without_moving_its_layers()
    {
        await using var registry = await RegistryServer.StartAsync();
        await new TestImage(new TestLayer(1), new TestLayer(2)).PushAsync($"{registry.Host}/base/hello:1", Push);
        using var image = await RegistryImage.OpenAsync($"{registry.Host}/base/hello:1", Pull);
        var result = await image.PushAsync($"{registry.Host}/acme/hello:1", Push);
        Assert.All(result.Layers, layer => Assert.Equal(BlobOutcome.Mounted, layer.Outcome));
    }

    [RequiresFact("docker-registry")]
    public async Task An_image_goes_from_one_registry_to_another()
    {
        await using var from = await RegistryServer.StartAsync();
        await using var to = await RegistryServer.StartAsync();
        var pushed = await new TestImage(new TestLayer(1, 3_000_000), new TestLayer(2)).PushAsync($"{from.Host}/hello:1", Push);
        using var image = await RegistryImage.OpenAsync($"{from.Host}/hello:1", Pull);
        Assert.Equal(pushed.Digest, (await image.PushAsync($"{to.Host}/hello:1", Push)).Digest);
    }

    [RequiresFact("docker-registry")]
    public async Task Of_an_index_the_image_for_the_platform_is_opened()
    {
        await using var registry = await RegistryServer.StartAsync();
        var arm = await new TestImage(new TestLayer(1)).PushAsync($"{registry.Host}/hello:arm", Push);
        var amd = await new TestImage(new TestLayer(2)).PushAsync($"{registry.Host}/hello:amd", Push);
        var index = await TestIndex.PushAsync($"{registry.Host}/hello:all", Push, (arm.Digest, "linux/arm64/v8"), (amd.Digest, "linux/amd64"));

        using var armImage = await RegistryImage.OpenAsync($"{registry.Host}/hello:all", Pull with { Platform = OciPlatform.Parse("linux/arm64") });
        Assert.Equal(arm.Digest, armImage.GetManifest().Descriptor.Digest);
        using var amdImage = await RegistryImage.OpenAsync($"{registry.Host}/hello@{index}", Pull with { Platform = OciPlatform.Parse("linux/amd64") });
        Assert.Equal(amd.Digest, amdImage.GetManifest().Descriptor.Digest);
        var exception = await Assert.ThrowsAsync<ImageException>(() =>
            RegistryImage.OpenAsync($"{registry.Host}/hello:all", Pull with { Platform = OciPlatform.Parse("linux/s390x") }));
        Assert.Equal(NixErrorCodes.ImageNotFound, exception.Code);
        Assert.Contains("only for: linux/arm64/v8, linux/amd64", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_layer_whose_connection_breaks_goes_on_where_it_was()
    {
        await using var registry = new FakeRegistry();
        var layer = new TestLayer(1, 400_000);
        await new TestImage(layer).PushAsync($"{registry.Host}/hello:1", Push);
        var ranges = new List<string?>();
        registry.Intercept = exchange =>
        {
            if (exchange.Request.Method != "GET" || !exchange.Request.Plain.EndsWith(OciDigest.Compute(layer.Blob.Span).ToString(), StringComparison.Ordinal))
            {
                return false;
            }

            var range = exchange.Request.Headers.GetValueOrDefault("Range");
            ranges.Add(range);
            if (range is null)
            {
                return exchange.AnswerPartly(HttpStatusCode.OK, layer.Blob.ToArray(), 100_000);
            }

            var start = int.Parse(range["bytes=".Length..].TrimEnd('-'), System.Globalization.CultureInfo.InvariantCulture);
            return exchange.Answer(HttpStatusCode.PartialContent, layer.Blob[start..].ToArray(), ("Content-Range", $"bytes {start}-{layer.Blob.Length - 1}/{layer.Blob.Length}"));
        };
        using var image = await RegistryImage.OpenAsync($"{registry.Host}/hello:1", Pull);
        using var written = new MemoryStream();
        await image.Layers[0].WriteToAsync(written);
        Assert.True(layer.Blob.Span.SequenceEqual(written.ToArray()));
        Assert.Equal([null, "bytes=100000-"], ranges);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_layer_of_another_size_than_the_manifest_says_is_refused(int difference)
    {
        await using var registry = new FakeRegistry();
        var layer = new TestLayer(1);
        await new TestImage(layer).PushAsync($"{registry.Host}/hello:1", Push);
        registry.Intercept = exchange => exchange.Request.Method == "GET" && exchange.Request.Path.Contains("/blobs/" + OciDigest.Compute(layer.Blob.Span), StringComparison.Ordinal) &&
            exchange.Answer(HttpStatusCode.OK, new byte[layer.Blob.Length + difference]);
        using var image = await RegistryImage.OpenAsync($"{registry.Host}/hello:1", Pull);
        var exception = await Assert.ThrowsAsync<RegistryException>(() => image.WriteAsync($"oci:{_folder["layout"]}"));
        Assert.Equal(NixErrorCodes.RegistryAnswerMalformed, exception.Code);
        Assert.False(File.Exists(_folder["layout/index.json"]));
    }
}
