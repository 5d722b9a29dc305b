using NixSharp.Images.Oci;
using NixSharp.Registries;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Registries;

public sealed class RegistryClientTests
{
    private static readonly RegistryOptions Options = new() { Credentials = CredentialStore.Anonymous, MaxAttempts = 2, RetryDelay = TimeSpan.FromMilliseconds(1) };

    [RequiresFact("docker-registry")]
    public async Task Blobs_go_up_and_come_down()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a/b"), Options);
        var bytes = new byte[700_000];
        new Random(1).NextBytes(bytes);
        var blob = new OciDescriptor("application/octet-stream", OciDigest.Compute(bytes), bytes.Length);
        Assert.False(await client.HasBlobAsync(blob.Digest));
        await client.UploadBlobAsync(blob, bytes);
        Assert.True(await client.HasBlobAsync(blob.Digest));
        using var copy = new MemoryStream();
        await client.DownloadBlobAsync(blob, copy);
        Assert.True(copy.ToArray().AsSpan().SequenceEqual(bytes));
    }

    [RequiresFact("docker-registry")]
    public async Task A_blob_that_is_larger_than_it_said_is_not_read_to_its_end()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a"), Options);
        var blob = new OciDescriptor("application/octet-stream", OciDigest.Compute(new byte[1000]), 1000);
        await client.UploadBlobAsync(blob, new byte[1000]);
        using var copy = new MemoryStream();
        var exception = await Assert.ThrowsAsync<RegistryException>(() => client.DownloadBlobAsync(blob with { Size = 999 }, copy));
        Assert.Equal(NixErrorCodes.RegistryAnswerMalformed, exception.Code);
    }

    [RequiresFact("docker-registry")]
    public async Task Bytes_that_do_not_have_their_digest_are_refused_by_the_registry()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a"), Options);
        var blob = new OciDescriptor("application/octet-stream", OciDigest.Compute("other"u8), 4);
        var exception = await Assert.ThrowsAsync<RegistryException>(() => client.UploadBlobAsync(blob, "some"u8.ToArray()));
        Assert.Equal(NixErrorCodes.RegistryDigestMismatch, exception.Code);
        Assert.Equal("DIGEST_INVALID", Assert.Single(exception.Errors).Code);
        Assert.Equal("PUT", exception.Method);
        Assert.DoesNotContain("_state", exception.ToString(), StringComparison.Ordinal);
    }

    [RequiresFact("docker-registry")]
    public async Task What_is_not_there_is_null_or_not_found()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a"), Options);
        Assert.Null(await client.FindManifestAsync());
        var exception = await Assert.ThrowsAsync<RegistryException>(() => client.GetManifestAsync());
        Assert.Equal(NixErrorCodes.RegistryNotFound, exception.Code);
        Assert.Equal("MANIFEST_UNKNOWN", Assert.Single(exception.Errors).Code);
        Assert.False(await client.TryMountBlobAsync(OciDigest.Compute("none"u8), "b"));
        Assert.Single(registry.Requests("\"DELETE "));
    }

    [RequiresFact("docker-registry")]
    public async Task A_manifest_whose_blobs_are_missing_is_refused_in_the_registry_s_words()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a"), Options);
        var manifest = new TestImage(new TestLayer(1, isKnown: true)).GetManifest();
        var exception = await Assert.ThrowsAsync<RegistryException>(() => client.PutManifestAsync(new RegistryManifest(manifest.Descriptor, manifest.Manifest)));
        Assert.Equal(NixErrorCodes.RegistryRefused, exception.Code);
        Assert.Contains(exception.Errors, error => error.Code == "MANIFEST_BLOB_UNKNOWN");
    }

    [RequiresFact("docker-registry")]
    public async Task A_registry_that_is_gone_is_unreachable()
    {
        var registry = await RegistryServer.StartAsync();
        await registry.DisposeAsync();
        using var client = new RegistryClient(ImageReference.Parse($"{registry.Host}/a"), Options);
        var exception = await Assert.ThrowsAsync<RegistryException>(() => client.PingAsync());
        Assert.Equal(NixErrorCodes.RegistryUnreachable, exception.Code);
        Assert.Equal(2, client.RequestCount);
    }

    [Theory]
    [InlineData("../../_catalog")]
    [InlineData("a?b")]
    [InlineData("sha256:12")]
    [InlineData("")]
    public async Task Nothing_but_tags_and_digests_gets_into_a_URI(string reference)
    {
        using var client = new RegistryClient(ImageReference.Parse("127.0.0.1:1/a"), Options);
        var exception = await Assert.ThrowsAsync<RegistryException>(() => client.FindManifestAsync(reference));
        Assert.Equal(NixErrorCodes.InvalidImageReference, exception.Code);
        Assert.Equal(0, client.RequestCount);
    }
}
