using System.Net;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Images.Oci;
using NixSharp.Integration.Tests.Registries;
using NixSharp.Registries;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.SupplyChain;

public sealed class ReferrersTests
{
    private static readonly ReferrerArtifact Note = new("text/note", "a note"u8.ToArray()) { Annotations = new Dictionary<string, string> { ["org.example.by"] = "me" } };

    [RequiresFact("docker-registry", "skopeo")]
    public async Task Documents_are_attached_by_the_tag_where_the_registry_has_no_api()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var image = await PushedImage.CreateAsync(registry.Host);
        var referrers = new Referrers(image.Client);
        Assert.Empty(await referrers.ListAsync(image.Subject.Digest));

        var note = await referrers.AttachAsync(image.Manifest, Note);
        var other = await referrers.AttachAsync(image.Manifest, new ReferrerArtifact("text/other", "other"u8.ToArray()));
        Assert.Equal(note, await referrers.AttachAsync(image.Manifest, Note));

        var listed = await referrers.ListAsync(image.Subject.Digest);
        Assert.Equal([note, other], listed.Select(static referrer => referrer.Descriptor));
        Assert.Equal("me", listed[0].Annotations["org.example.by"]);
        var only = Assert.Single(await referrers.ListAsync(image.Subject.Digest, "text/other"));
        Assert.Equal("other", Encoding.UTF8.GetString((await referrers.FetchAsync(only)).Span));

        // skopeo sees the same manifest, and the same index under the tag.
        var raw = JObject.Parse(await CommandLine.RunAsync("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{image.Subject.Name}@{note.Digest}"));
        Assert.Equal(("text/note", image.Subject.Digest.ToString()), ((string?)raw["artifactType"], (string?)raw["subject"]!["digest"]));
        var index = JObject.Parse(await CommandLine.RunAsync("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{image.Subject.Name}:sha256-{image.Subject.Digest.Hex}"));
        Assert.Equal(OciMediaTypes.Index, (string?)index["mediaType"]);
        Assert.Equal(2, index["manifests"]!.Count());
    }

    [RequiresFact("docker-registry")]
    public async Task Documents_attached_at_the_same_time_are_all_there()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var image = await PushedImage.CreateAsync(registry.Host);
        await Task.WhenAll(Enumerable.Range(0, 12).Select(async number =>
        {
            using var client = PushedImage.Connect(image.Reference);
            await new Referrers(client).AttachAsync(image.Manifest, new ReferrerArtifact($"text/n{number}", Encoding.ASCII.GetBytes($"{number}")));
        }));
        var listed = await new Referrers(image.Client).ListAsync(image.Subject.Digest);
        Assert.Equal(Enumerable.Range(0, 12).Select(static number => $"text/n{number}").Order(), listed.Select(static referrer => referrer.ArtifactType!).Order());
    }

    [Fact]
    public async Task What_another_client_writes_in_between_is_kept()
    {
        await using var registry = new FakeRegistry();
        using var image = await PushedImage.CreateAsync(registry.Host);
        var tag = Referrers.FallbackTag(image.Subject.Digest);
        var foreign = ForeignIndex("aa");
        var puts = 0;
        using var other = PushedImage.Connect(image.Reference);
        registry.Intercept = exchange =>
        {
            // The first write is lost: another client's comes right behind it.
            if (exchange.Request.Method != "PUT" || exchange.Request.Last != tag || Interlocked.Increment(ref puts) != 1)
            {
                return false;
            }

            exchange.ReadBody();
            registry.PutManifest(tag, foreign);
            return exchange.Answer(HttpStatusCode.Created);
        };
        var note = await new Referrers(image.Client).AttachAsync(image.Manifest, Note);
        var listed = await new Referrers(image.Client).ListAsync(image.Subject.Digest);
        Assert.Equal(2, puts);
        Assert.Equal([$"sha256:{new string('a', 64)}", note.Digest.ToString()], listed.Select(static referrer => referrer.Descriptor.Digest.ToString()));
    }

    [Fact]
    public async Task A_tag_that_others_change_all_the_time_is_given_up()
    {
        await using var registry = new FakeRegistry();
        using var image = await PushedImage.CreateAsync(registry.Host);
        var tag = Referrers.FallbackTag(image.Subject.Digest);
        registry.Intercept = exchange =>
        {
            if (exchange.Request.Method != "PUT" || exchange.Request.Last != tag)
            {
                return false;
            }

            exchange.ReadBody();
            registry.PutManifest(tag, ForeignIndex("bb"));
            return exchange.Answer(HttpStatusCode.Created);
        };
        var error = await Assert.ThrowsAsync<SupplyChainException>(() => new Referrers(image.Client).AttachAsync(image.Manifest, Note));
        Assert.Equal(NixErrorCodes.TagContended, error.Code);
    }

    [Fact]
    public async Task The_registrys_own_list_is_read_page_by_page_and_needs_no_tag()
    {
        await using var registry = new FakeRegistry();
        using var image = await PushedImage.CreateAsync(registry.Host);
        registry.Intercept = exchange => exchange.Request.Plain.Contains("/referrers/", StringComparison.Ordinal) && (exchange.Request.Path.EndsWith("page=2", StringComparison.Ordinal)
            ? exchange.Answer(HttpStatusCode.OK, ForeignIndex("bb"))
            : exchange.Answer(HttpStatusCode.OK, ForeignIndex("aa"), ("Link", $"<{exchange.Request.Plain}?page=2>; rel=\"next\"")));
        var listed = await new Referrers(image.Client).ListAsync(image.Subject.Digest);
        Assert.Equal(['a', 'b'], listed.Select(static referrer => referrer.Descriptor.Digest.Hex[0]));
        await new Referrers(image.Client).AttachAsync(image.Manifest, Note);
        Assert.DoesNotContain(registry.Requests, request => request.Last == Referrers.FallbackTag(image.Subject.Digest));
    }

    [Fact]
    public async Task A_next_page_at_another_host_is_not_asked_for()
    {
        await using var registry = new FakeRegistry();
        using var image = await PushedImage.CreateAsync(registry.Host);
        registry.Intercept = exchange => exchange.Request.Plain.Contains("/referrers/", StringComparison.Ordinal) && exchange.Answer(HttpStatusCode.OK, ForeignIndex("aa"), ("Link", "<http://127.0.0.1:1/v2/elsewhere>; rel=\"next\""));
        var error = await Assert.ThrowsAsync<RegistryException>(() => new Referrers(image.Client).ListAsync(image.Subject.Digest));
        Assert.Equal(NixErrorCodes.RegistryAnswerMalformed, error.Code);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"manifests\":[{\"digest\":\"sha256:short\"}]}")]
    [InlineData("no json")]
    public async Task A_list_that_is_none_is_refused(string list)
    {
        await using var registry = new FakeRegistry();
        using var image = await PushedImage.CreateAsync(registry.Host);
        registry.PutManifest(Referrers.FallbackTag(image.Subject.Digest), Encoding.UTF8.GetBytes(list));
        foreach (var attempt in (Func<Task>[])[() => new Referrers(image.Client).ListAsync(image.Subject.Digest), () => new Referrers(image.Client).AttachAsync(image.Manifest, Note)])
        {
            Assert.Contains((await Assert.ThrowsAnyAsync<NixException>(attempt)).Code, new[] { NixErrorCodes.InvalidReferrer, NixErrorCodes.RegistryAnswerMalformed });
        }
    }

    private static byte[] ForeignIndex(string digits) => Encoding.UTF8.GetBytes(
        $$$"""{"schemaVersion":2,"mediaType":"{{{OciMediaTypes.Index}}}","manifests":[{"mediaType":"{{{OciMediaTypes.Manifest}}}","digest":"sha256:{{{string.Concat(Enumerable.Repeat(digits, 32))}}}","size":2}]}""");
}
