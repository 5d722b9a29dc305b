using System.Net;
using NixSharp.Images.Oci;
using NixSharp.Registries;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Registries;

public sealed class RegistryListTests
{
    private static readonly PushOptions Options = new() { Credentials = CredentialStore.Anonymous, RetryDelay = TimeSpan.FromMilliseconds(1) };

    [RequiresFact("docker-registry")]
    public async Task Tags_are_listed_and_deleted_one_by_one_and_by_digest()
    {
        await using var registry = await RegistryServer.StartAsync();
        foreach (var (seed, tag) in new[] { (1, "one"), (2, "two"), (2, "two-too") })
        {
            await new TestImage(new TestLayer(seed)).PushAsync($"{registry.Host}/a/b:{tag}", Options);
        }

        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a/b"), Options);
        Assert.Equal(["one", "two", "two-too"], (await ReadAsync(client)).Order());
        Assert.True(await client.DeleteManifestAsync("one"));
        Assert.False(await client.HasManifestAsync("one"));
        Assert.False(await client.DeleteManifestAsync("one"));

        var exception = await Assert.ThrowsAsync<RegistryException>(() => client.DeleteManifestAsync("two"));
        Assert.Equal(NixErrorCodes.RegistryDeletionRefused, exception.Code);
        Assert.Contains("is 'two-too' too", exception.Message, StringComparison.Ordinal);

        var digest = (await client.FindManifestAsync("two"))!.Value.Digest;
        Assert.True(await client.DeleteManifestAsync(digest.ToString()));
        Assert.False(await client.HasManifestAsync("two-too"));
    }

    [Fact]
    public async Task Pages_are_followed_to_the_last_one()
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = exchange => exchange.Request.Path switch
        {
            "/v2/a/tags/list?n=1000" => exchange.Answer(HttpStatusCode.OK, """{ "tags": ["1", "2"] }""", ("Link", "</v2/a/tags/list?last=2&n=1000>; rel=\"next\"")),
            "/v2/a/tags/list?last=2&n=1000" => exchange.Answer(HttpStatusCode.OK, """{ "tags": ["3"] }"""),
            _ => false,
        };
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a"), Options);
        Assert.Equal(["1", "2", "3"], await ReadAsync(client));
    }

    [Theory]
    [InlineData("<http://127.0.0.2/v2/a/tags/list?n=1000>; rel=\"next\"", """{ "tags": [] }""")]
    [InlineData("</v2/a/tags/list?n=1000>; rel=next", """{ "tags": [] }""")]
    [InlineData("", """{ "tags": ["../x"] }""")]
    [InlineData("", """{ "tags": [1] }""")]
    [InlineData("", "[]")]
    public async Task A_list_that_leads_astray_is_refused(string link, string body)
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = exchange => exchange.Answer(HttpStatusCode.OK, body, link.Length > 0 ? [("Link", link)] : []);
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a"), Options);
        var exception = await Assert.ThrowsAsync<RegistryException>(() => ReadAsync(client));
        Assert.Equal(NixErrorCodes.RegistryAnswerMalformed, exception.Code);
    }

    [Fact]
    public async Task A_registry_that_does_not_delete_says_so()
    {
        await using var registry = new FakeRegistry();
        registry.Intercept = exchange => exchange.Request.Method == "DELETE" &&
            exchange.Answer(HttpStatusCode.MethodNotAllowed, """{ "errors": [{ "code": "UNSUPPORTED", "message": "The operation is unsupported." }] }""");
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a"), Options);
        await new TestImage(new TestLayer(1)).PushAsync($"{registry.Host}/a", Options);
        foreach (var delete in new Func<Task>[]
        {
            () => client.DeleteManifestAsync(OciDigest.Compute("x"u8).ToString()),
            () => client.DeleteBlobAsync(OciDigest.Compute("x"u8)),
        })
        {
            var exception = await Assert.ThrowsAsync<RegistryException>(delete);
            Assert.Equal(NixErrorCodes.RegistryDeletionRefused, exception.Code);
            Assert.Equal("UNSUPPORTED", Assert.Single(exception.Errors).Code);
        }
    }

    private static async Task<List<string>> ReadAsync(RegistryClient client)
    {
        var tags = new List<string>();
        await foreach (var tag in client.ListTagsAsync())
        {
            tags.Add(tag);
        }

        return tags;
    }
}
