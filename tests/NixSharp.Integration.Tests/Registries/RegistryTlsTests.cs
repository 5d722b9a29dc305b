using NixSharp.Registries;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Registries;

public sealed class RegistryTlsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestAuthority _authority = new();

    public void Dispose()
    {
        _folder.Dispose();
        _authority.Dispose();
    }

    [RequiresFact("docker-registry", "skopeo")]
    public async Task A_registry_with_an_authority_of_its_own_is_trusted_by_its_folder_of_certificates()
    {
        await using var registry = await RegistryServer.StartAsync(new RegistryServerOptions { Authority = _authority });
        var certificates = _authority.WriteFolder(_folder["certs"]);
        var image = new TestImage(new TestLayer(1, 500_000), new TestLayer(2));
        var pushed = await image.PushAsync($"{registry.Host}/hello:1", Options(certificates));
        Assert.Contains(registry.Requests("\"POST "), line => line.Contains("HTTP/2.0", StringComparison.Ordinal));
        await CommandLine.RunAsync("skopeo", "inspect", "--cert-dir", certificates, $"docker://{registry.Host}/hello:1");

        using var pulled = await RegistryImage.OpenAsync($"{registry.Host}/hello:1", new PullOptions { CertificateFolder = certificates, Credentials = CredentialStore.Anonymous });
        Assert.Equal(pushed.Digest, (await pulled.WriteAsync($"oci:{_folder["layout"]}")).ManifestDigest);
    }

    [RequiresFact("docker-registry")]
    public async Task A_registry_whose_certificate_nobody_vouches_for_is_not_trusted()
    {
        await using var registry = await RegistryServer.StartAsync(new RegistryServerOptions { Authority = _authority });
        using var other = new TestAuthority();
        foreach (var folder in new[] { null, other.WriteFolder(_folder["other"]) })
        {
            var exception = await Assert.ThrowsAsync<RegistryException>(() => new TestImage(new TestLayer(1)).PushAsync($"{registry.Host}/hello:1", Options(folder)));
            Assert.Equal(NixErrorCodes.RegistryNotTrusted, exception.Code);
            Assert.Contains($"certs.d/{registry.Host}/ca.crt", exception.Message, StringComparison.Ordinal);
        }

        Assert.Empty(registry.Requests("/v2/hello/", "HTTP/2.0"));
    }

    [RequiresFact("docker-registry")]
    public async Task A_registry_that_need_not_be_trusted_is_not_checked()
    {
        await using var registry = await RegistryServer.StartAsync(new RegistryServerOptions { Authority = _authority });
        await new TestImage(new TestLayer(1)).PushAsync($"{registry.Host}/hello:1", Options(null) with { Insecure = true });
        await using var plain = await RegistryServer.StartAsync();
        await new TestImage(new TestLayer(1)).PushAsync($"{plain.Host}/hello:1", Options(null) with { Insecure = true });
    }

    [RequiresFact("docker-registry")]
    public async Task A_client_certificate_is_shown_where_the_registry_wants_one()
    {
        await using var registry = await RegistryServer.StartAsync(new RegistryServerOptions { Authority = _authority, WantsClientCertificate = true });
        var certificates = _authority.WriteFolder(_folder["certs"]);
        var exception = await Assert.ThrowsAsync<RegistryException>(() => new TestImage(new TestLayer(1)).PushAsync($"{registry.Host}/hello:1", Options(certificates)));
        Assert.Contains(exception.Code, new[] { NixErrorCodes.RegistryNotTrusted, NixErrorCodes.RegistryUnreachable });

        _authority.IssueClient(certificates);
        await new TestImage(new TestLayer(1)).PushAsync($"{registry.Host}/hello:1", Options(certificates));
    }

    [Theory]
    [InlineData("ca.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    [InlineData("client.cert", "no certificate")]
    public async Task Certificates_that_cannot_be_read_are_named(string name, string contents)
    {
        var path = _folder.Write($"certs/{name}", contents);
        using var client = new RegistryClient(ImageReference.Parse("127.0.0.1:1/a"), Options(_folder["certs"]));
        var exception = await Assert.ThrowsAsync<RegistryException>(() => client.PingAsync());
        Assert.Equal(NixErrorCodes.CertificatesUnreadable, exception.Code);
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
    }

    private static PushOptions Options(string? certificates) => new()
    {
        CertificateFolder = certificates,
        Credentials = CredentialStore.Anonymous,
        RetryDelay = TimeSpan.FromMilliseconds(1),
        MaxAttempts = 2,
    };
}
