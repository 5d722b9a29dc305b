using System.Net;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Images.Oci;
using NixSharp.Integration.Tests.Images;
using NixSharp.Registries;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Registries;

public sealed class TakeOverTests
{
    private static readonly PushOptions Options = new() { Credentials = CredentialStore.Anonymous };

    [RequiresFact("docker-registry")]
    public async Task A_machine_with_nothing_but_the_store_pushes_an_unchanged_image_in_one_request()
    {
        await using var registry = await RegistryServer.StartAsync();
        await using var store = await StoreFixture.CreateAsync();
        var first = await PushAsync(store, $"{registry.Host}/hello:1");
        var asked = registry.Requests().Count;

        // Whoever reads a file of the store now fails.
        store.HideFiles();
        var again = await PushAsync(store, $"{registry.Host}/hello:1");

        Assert.True(again.Unchanged);
        Assert.Equal(first.Digest, again.Digest);
        Assert.Equal(1, again.RequestCount);
        Assert.Equal(asked + 1, registry.Requests().Count);
    }

    [RequiresFact("docker-registry")]
    public async Task A_password_costs_one_request_more()
    {
        await using var registry = await RegistryServer.StartAsync(AuthenticationTests.Htpasswd);
        await using var store = await StoreFixture.CreateAsync();
        var options = Options with { Credentials = CredentialStore.From(new RegistryCredentials("alice", AuthenticationTests.Password)) };
        await PushAsync(store, $"{registry.Host}/hello:1", options);
        store.HideFiles();

        Assert.Equal(2, (await PushAsync(store, $"{registry.Host}/hello:1", options)).RequestCount);
    }

    [Fact]
    public async Task A_token_costs_two_requests_more()
    {
        await using var tokens = new FakeRegistry();
        await using var registry = new FakeRegistry();
        tokens.Intercept = exchange => exchange.Answer(HttpStatusCode.OK, """{ "token": "t1" }""");
        registry.Intercept = exchange => exchange.Request.Authorization != "Bearer t1"
            && exchange.Answer(HttpStatusCode.Unauthorized, "", ("WWW-Authenticate", $"Bearer realm=\"http://{tokens.Host}/token\",service=\"registry\""));
        await using var store = await StoreFixture.CreateAsync();
        await PushAsync(store, $"{registry.Host}/hello:1");
        store.HideFiles();

        Assert.Equal(3, (await PushAsync(store, $"{registry.Host}/hello:1")).RequestCount);
    }

    [RequiresFact("docker-registry")]
    public async Task A_new_tag_of_an_unchanged_image_costs_three_requests()
    {
        await using var registry = await RegistryServer.StartAsync();
        await using var store = await StoreFixture.CreateAsync();
        var first = await PushAsync(store, $"{registry.Host}/hello:1");
        store.HideFiles();

        var second = await PushAsync(store, $"{registry.Host}/hello:2", Options with { PreviousTags = ["0", "1"] });

        Assert.Equal(first.Digest, second.Digest);
        Assert.Equal(0, second.BytesUploaded);
        Assert.Equal(4, second.RequestCount);
        Assert.Equal(3, (await PushAsync(store, $"{registry.Host}/hello:3", Options with { PreviousTags = ["1"] })).RequestCount);
    }

    [RequiresFact("docker-registry")]
    public async Task Only_what_changed_is_made_and_sent()
    {
        await using var registry = await RegistryServer.StartAsync();
        await using var before = await StoreFixture.CreateAsync();
        await using var after = await StoreFixture.CreateAsync("good morning");
        await PushAsync(before, $"{registry.Host}/hello:1");

        var result = await PushAsync(after, $"{registry.Host}/hello:1");

        // The library and the program say another word; what is below them and the extra files are the same.
        Assert.Equal([BlobOutcome.AlreadyPresent, BlobOutcome.Uploaded, BlobOutcome.Uploaded, BlobOutcome.AlreadyPresent], result.Layers.Select(layer => layer.Outcome));
    }

    [RequiresFact("docker-registry")]
    public async Task A_layer_that_is_gone_after_all_is_made_and_sent_again()
    {
        await using var registry = await RegistryServer.StartAsync();
        await using var store = await StoreFixture.CreateAsync();
        var first = await PushAsync(store, $"{registry.Host}/hello:1");
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/hello"), Options);
        registry.ForgetBlob("hello", first.Layers[1].Digest.Hex);

        var second = await PushAsync(store, $"{registry.Host}/hello:2", Options with { PreviousTags = ["1"] });

        Assert.Equal(first.Digest, second.Digest);
        Assert.Equal([BlobOutcome.AlreadyPresent, BlobOutcome.Uploaded, BlobOutcome.AlreadyPresent, BlobOutcome.AlreadyPresent], second.Layers.Select(layer => layer.Outcome));
        Assert.True(await client.HasBlobAsync(first.Layers[1].Digest));
    }

    [Theory]
    [InlineData(PreviousLayerPolicy.TakeOver, true)]
    [InlineData(PreviousLayerPolicy.Verify, false)]
    [InlineData(PreviousLayerPolicy.Ignore, false)]
    public async Task A_manifest_that_lies_is_believed_only_where_that_is_the_policy(PreviousLayerPolicy policy, bool isBelieved)
    {
        await using var registry = new FakeRegistry();
        await using var store = await StoreFixture.CreateAsync();
        var honest = await PushAsync(store, $"{registry.Host}/hello:1");
        var forged = new TestLayer(1, isKnown: true);
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/hello:1"), Options);
        await client.UploadLayerAsync(forged);
        await ForgeAsync(client, layer => layer["digest"] = forged.Descriptor!.Value.Blob.Digest.ToString());

        var result = await PushAsync(store, $"{registry.Host}/hello:1", Options with { PreviousLayers = policy });

        Assert.Equal(isBelieved, result.Layers[0].Digest == forged.Descriptor!.Value.Blob.Digest);
        Assert.Equal(isBelieved, result.Digest != honest.Digest);
    }

    [Fact]
    public async Task What_this_machine_remembers_counts_more_than_what_a_manifest_says()
    {
        using var folder = new TemporaryFolder();
        await using var registry = new FakeRegistry();
        await using var store = await StoreFixture.CreateAsync();
        var cache = new LayerCache(folder["cache"]);
        var honest = await PushAsync(store, $"{registry.Host}/hello:1", cache: cache);
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/hello:1"), Options);
        await ForgeAsync(client, layer => layer["digest"] = OciDigest.Compute([1]).ToString());

        Assert.Equal(honest.Digest, (await PushAsync(store, $"{registry.Host}/hello:1", cache: cache)).Digest);
    }

    [Fact]
    public async Task What_was_taken_over_is_not_remembered()
    {
        using var folder = new TemporaryFolder();
        await using var registry = new FakeRegistry();
        await using var store = await StoreFixture.CreateAsync();
        await PushAsync(store, $"{registry.Host}/hello:1");
        var cache = new LayerCache(folder["cache"]);
        Assert.True((await PushAsync(store, $"{registry.Host}/hello:1", cache: cache)).Unchanged);

        // The layer of files is small and has to be read to be known at all.
        Assert.False(Directory.Exists(cache.Folder));
    }

    [Theory]
    [InlineData("size", "\"much\"")]
    [InlineData("digest", "\"sha256:0\"")]
    [InlineData("mediaType", "\"text/plain\"")]
    [InlineData("annotations", "[]")]
    [InlineData("annotations", "{\"io.github.nixsharp.layer.identity\":[],\"io.github.nixsharp.layer.diff-id\":{}}")]
    public async Task What_is_malformed_is_not_taken_over(string field, string value)
    {
        await using var registry = new FakeRegistry();
        await using var store = await StoreFixture.CreateAsync();
        var honest = await PushAsync(store, $"{registry.Host}/hello:1");
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/hello:1"), Options);
        await ForgeAsync(client, layer => layer[field] = JToken.Parse(value));

        var result = await PushAsync(store, $"{registry.Host}/hello:1");

        Assert.Equal(honest.Digest, result.Digest);
        Assert.False(result.Unchanged);
    }

    [Fact]
    public async Task Layers_are_taken_over_from_the_images_of_an_index()
    {
        await using var registry = new FakeRegistry();
        await using var store = await StoreFixture.CreateAsync();
        var first = await PushAsync(store, $"{registry.Host}/hello:1");
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/hello:1"), Options);
        var manifest = await client.GetManifestAsync();
        var index = Encoding.UTF8.GetBytes(new JObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = OciMediaTypes.Index,
            ["manifests"] = new JArray(new JObject { ["mediaType"] = OciMediaTypes.Manifest, ["digest"] = first.Digest.ToString(), ["size"] = manifest.Content.Length }),
        }.ToString());
        await client.PutManifestAsync(new RegistryManifest(new OciDescriptor(OciMediaTypes.Index, OciDigest.Compute(index), index.Length), index));

        registry.Intercept = exchange => exchange.Request.Method == "GET" && exchange.Request.Path.EndsWith("/manifests/1", StringComparison.Ordinal)
            && exchange.Answer(HttpStatusCode.OK, index, ("Content-Type", OciMediaTypes.Index));
        store.HideFiles();
        var second = await PushAsync(store, $"{registry.Host}/hello:1");

        Assert.False(second.Unchanged);
        Assert.Equal(first.Digest, second.Digest);
        Assert.Equal(0, second.BytesUploaded);
    }

    private static async Task<PushResult> PushAsync(StoreFixture store, string reference, PushOptions? options = null, LayerCache? cache = null)
    {
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync(), new()
        {
            Layering = Layering.Popularity,
            Files = [ImageFile.FromText("/etc/motd", "hello\n")],
            Cache = cache,
        });
        return await image.PushAsync(reference, options ?? Options);
    }

    /// <summary>Puts another manifest under the tag, whose first layer is not what it says.</summary>
    private static async Task ForgeAsync(RegistryClient client, Action<JToken> change)
    {
        var manifest = await client.GetManifestAsync();
        var json = JObject.Parse(Encoding.UTF8.GetString(manifest.Content.Span));
        change(json["layers"]![0]!);
        var forged = Encoding.UTF8.GetBytes(json.ToString());
        await client.PutManifestAsync(new RegistryManifest(new OciDescriptor(OciMediaTypes.Manifest, OciDigest.Compute(forged), forged.Length), forged));
    }
}
