using Newtonsoft.Json.Linq;
using NixSharp.Registries;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Registries;

public sealed class PushTests
{
    private static readonly PushOptions Options = new() { Credentials = CredentialStore.Anonymous };

    [RequiresFact("docker-registry", "skopeo")]
    public async Task An_image_whose_layers_do_not_exist_yet_arrives_whole()
    {
        await using var registry = await RegistryServer.StartAsync();
        var image = new TestImage(new TestLayer(1, 3_000_000), new TestLayer(2), new TestLayer(3, 0));
        var result = await image.PushAsync($"{registry.Host}/acme/hello:1.0", Options);

        Assert.Equal(image.GetManifest().Descriptor.Digest, result.Digest);
        Assert.False(result.Unchanged);
        Assert.All(result.Layers, layer => Assert.Equal(BlobOutcome.Uploaded, layer.Outcome));
        Assert.Equal(image.Layers.Sum(layer => layer.Descriptor!.Value.Blob.Size) + image.GetManifest().Config.Length, result.BytesUploaded);
        Assert.All(image.Layers.Cast<TestLayer>(), layer => Assert.Equal(1, layer.TimesWritten));

        var inspected = JObject.Parse(await CommandLine.RunAsync("skopeo", "inspect", "--tls-verify=false", $"docker://{registry.Host}/acme/hello:1.0"));
        Assert.Equal(result.Digest.ToString(), (string?)inspected["Digest"]);
        Assert.Equal(result.Layers.Select(layer => layer.Digest.ToString()), inspected["Layers"]!.Select(layer => (string)layer!));

        using var folder = new TemporaryFolder();
        await CommandLine.RunAsync("skopeo", "copy", "--src-tls-verify=false", $"docker://{registry.Host}/acme/hello:1.0", $"dir:{folder["image"]}");
        foreach (var layer in image.Layers.Cast<TestLayer>())
        {
            Assert.True(layer.Blob.Span.SequenceEqual(File.ReadAllBytes(folder[$"image/{layer.Descriptor!.Value.Blob.Digest.Hex}"])));
        }
    }

    [RequiresFact("docker-registry")]
    public async Task An_image_that_is_there_costs_one_request()
    {
        await using var registry = await RegistryServer.StartAsync();
        var image = new TestImage([.. Enumerable.Range(0, 40).Select(seed => new TestLayer(seed))]);
        await image.PushAsync($"{registry.Host}/acme/hello:1.0", Options);
        var before = registry.Requests().Count;

        var again = await image.PushAsync($"{registry.Host}/acme/hello:1.0", Options);

        Assert.True(again.Unchanged);
        Assert.Equal(1, again.RequestCount);
        Assert.Equal(0, again.BytesUploaded);
        Assert.All(again.Layers, layer => Assert.Equal(BlobOutcome.AlreadyPresent, layer.Outcome));
        Assert.Equal(before + 1, registry.Requests().Count);
        Assert.All(image.Layers.Cast<TestLayer>(), layer => Assert.Equal(1, layer.TimesWritten));
    }

    [RequiresFact("docker-registry", "skopeo")]
    public async Task One_changed_layer_among_many_costs_a_handful_of_requests()
    {
        await using var registry = await RegistryServer.StartAsync();
        var layers = Enumerable.Range(0, 40).Select(seed => new TestLayer(seed, isKnown: true)).ToArray();
        await new TestImage(layers).PushAsync($"{registry.Host}/acme/hello:1.0", Options);

        layers[20] = new TestLayer(1000, isKnown: true);
        var result = await new TestImage(layers).PushAsync($"{registry.Host}/acme/hello:1.0", Options);

        Assert.Equal(20, Assert.Single(result.Layers.Index(), layer => layer.Item.Outcome == BlobOutcome.Uploaded).Index);
        Assert.InRange(result.RequestCount, 1, 8);
        var inspected = JObject.Parse(await CommandLine.RunAsync("skopeo", "inspect", "--tls-verify=false", $"docker://{registry.Host}/acme/hello:1.0"));
        Assert.Equal(result.Digest.ToString(), (string?)inspected["Digest"]);
    }

    [RequiresFact("docker-registry")]
    public async Task Known_layers_that_the_repository_has_are_not_made_again()
    {
        await using var registry = await RegistryServer.StartAsync();
        var image = new TestImage(new TestLayer(1, isKnown: true), new TestLayer(2, isKnown: true));
        await image.PushAsync($"{registry.Host}/acme/hello:1.0", Options);
        var uploads = registry.Requests("\"POST ").Count;

        var other = new TestImage(new TestLayer(2, isKnown: true), new TestLayer(1, isKnown: true));
        await new TestImage([.. image.Layers.Cast<TestLayer>()]).PushAsync($"{registry.Host}/acme/hello:2.0", Options);
        Assert.Equal(uploads, registry.Requests("\"POST ").Count);

        var result = await other.PushAsync($"{registry.Host}/acme/hello:3.0", Options);
        Assert.All(result.Layers, layer => Assert.Equal(BlobOutcome.AlreadyPresent, layer.Outcome));
        Assert.All(other.Layers.Cast<TestLayer>(), layer => Assert.Equal(0, layer.TimesWritten));
        Assert.Equal(uploads + 1, registry.Requests("\"POST ").Count);
    }

    [RequiresFact("docker-registry")]
    public async Task Layers_with_the_same_digest_are_uploaded_once()
    {
        await using var registry = await RegistryServer.StartAsync();
        var twin = new TestLayer(2);
        var image = new TestImage(new TestLayer(1, isKnown: true), twin, new TestLayer(1, isKnown: true), twin);
        var result = await image.PushAsync($"{registry.Host}/hello", Options);
        Assert.Equal(4, result.Layers.Count);
        Assert.Equal(1, twin.TimesWritten);

        // One session for each different layer, and one for the configuration.
        Assert.Equal(3, registry.Requests("\"POST ").Count);
    }

    [RequiresFact("docker-registry")]
    public async Task Layers_are_mounted_from_another_repository()
    {
        await using var registry = await RegistryServer.StartAsync();
        await new TestImage(new TestLayer(1, isKnown: true)).PushAsync($"{registry.Host}/acme/base:1", Options);
        var image = new TestImage(new TestLayer(1, isKnown: true), new TestLayer(2, isKnown: true));
        var result = await image.PushAsync($"{registry.Host}/acme/hello:1", Options with { MountFrom = ["acme/none", "acme/base"] });
        Assert.Equal([BlobOutcome.Mounted, BlobOutcome.Uploaded], result.Layers.Select(layer => layer.Outcome));
        Assert.Equal(0, ((TestLayer)image.Layers[0]).TimesWritten);
    }

    [RequiresFact("docker-registry")]
    public async Task A_layer_that_cannot_be_made_stops_the_push_and_closes_its_session()
    {
        await using var registry = await RegistryServer.StartAsync();
        var image = new TestImage(new TestLayer(1, 1_000_000) { Halfway = _ => throw new IOException("the file is gone") });
        var exception = await Assert.ThrowsAsync<RegistryException>(() => image.PushAsync($"{registry.Host}/hello:1", Options));
        Assert.Equal(NixErrorCodes.LayerNotPushed, exception.Code);
        Assert.Contains("the file is gone", exception.Message, StringComparison.Ordinal);
        Assert.Single(registry.Requests("\"DELETE "));
        Assert.Empty(registry.Requests("\"PUT "));
    }

    [RequiresFact("docker-registry")]
    public async Task A_layer_that_comes_out_differently_stops_the_push()
    {
        await using var registry = await RegistryServer.StartAsync();
        var other = new TestLayer(2, isKnown: true);
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/hello"), Options);
        var exception = await Assert.ThrowsAsync<RegistryException>(() => client.UploadLayerAsync(new ChangedLayer(other)));
        Assert.Equal(NixErrorCodes.LayerNotPushed, exception.Code);
        Assert.False(await client.HasBlobAsync(other.Descriptor!.Value.Blob.Digest));
    }

    [RequiresFact("docker-registry")]
    public async Task Cancelling_leaves_the_tag_as_it_was()
    {
        await using var registry = await RegistryServer.StartAsync();
        var reference = ImageReference.Parse($"{registry.Host}/hello:1");
        var first = await new TestImage(new TestLayer(1)).PushAsync(reference, Options);
        using var cancel = new CancellationTokenSource();
        var image = new TestImage(new TestLayer(2, 1_000_000) { Halfway = _ => cancel.CancelAsync() }, new TestLayer(3));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => image.PushAsync(reference, Options, cancel.Token));
        using var client = new RegistryClient(reference, Options);
        Assert.Equal(first.Digest, (await client.FindManifestAsync())?.Digest);
    }

    [RequiresFact("docker-registry")]
    public async Task Progress_tells_bytes_and_layers()
    {
        await using var registry = await RegistryServer.StartAsync();
        var reports = new Reports();
        var image = new TestImage(new TestLayer(1, 2_000_000, isKnown: true), new TestLayer(2));
        await image.PushAsync($"{registry.Host}/hello", Options with { Progress = reports });
        var blob = image.Layers[0].Descriptor!.Value.Blob;
        Assert.Equal(blob.Size, reports.All.Last(report => report.Item == "layer 1 of 2").Done);
        Assert.Contains(reports.All, report => report.Item == "layer 1 of 2" && report.Done < blob.Size && report.Total == blob.Size);
        Assert.Equal(2, reports.All.Where(report => report.Unit == ProgressUnit.Items).Max(report => report.Done));
    }

    [RequiresFact("docker-registry")]
    public async Task A_digest_in_the_reference_has_to_be_the_image_s_own()
    {
        await using var registry = await RegistryServer.StartAsync();
        var image = new TestImage(new TestLayer(1, isKnown: true));
        var other = new TestImage(new TestLayer(2, isKnown: true)).GetManifest().Descriptor.Digest;
        var exception = await Assert.ThrowsAsync<RegistryException>(() => image.PushAsync($"{registry.Host}/hello@{other}", Options));
        Assert.Equal(NixErrorCodes.RegistryDigestMismatch, exception.Code);
        var result = await image.PushAsync($"{registry.Host}/hello@{image.GetManifest().Descriptor.Digest}", Options);
        using var client = new RegistryClient(result.Reference, Options);
        Assert.Equal(result.Digest, (await client.GetManifestAsync()).Descriptor.Digest);
    }

    private sealed class Reports : IProgress<NixProgress>
    {
        private readonly List<NixProgress> _all = [];

        public IReadOnlyList<NixProgress> All => _all;

        public void Report(NixProgress value)
        {
            lock (_all)
            {
                _all.Add(value);
            }
        }
    }
}
