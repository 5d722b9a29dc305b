using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NixSharp.Testing;

/// <summary>A certificate authority of one test, which nobody else trusts.</summary>
public sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset From = DateTimeOffset.UtcNow.AddDays(-1);
    private static readonly DateTimeOffset To = DateTimeOffset.UtcNow.AddDays(10);
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;

    public TestAuthority()
    {
        var request = new CertificateRequest("CN=NixSharp test authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _certificate = request.CreateSelfSigned(From, To);
    }

    /// <summary>The authority's certificate.</summary>
    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>Writes a certificate for <c>localhost</c> and <c>127.0.0.1</c>, and its key.</summary>
    public (string Certificate, string Key) IssueServer(string folder) => Issue(folder, "server.crt", "server.key", "1.3.6.1.5.5.7.3.1");

    /// <summary>Writes a certificate for a client, and its key.</summary>
    public (string Certificate, string Key) IssueClient(string folder) => Issue(folder, "client.cert", "client.key", "1.3.6.1.5.5.7.3.2");

    /// <summary>A certificate for a server in this process.</summary>
    public X509Certificate2 IssueServer()
    {
        using var folder = new TemporaryFolder();
        var (certificate, key) = IssueServer(folder.Path);
        return X509Certificate2.CreateFromPemFile(certificate, key);
    }

    /// <summary>Writes a folder as registries' clients take it, with this authority to trust.</summary>
    public string WriteFolder(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "ca.crt"), Pem);
        return folder;
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }

    private (string Certificate, string Key) Issue(string folder, string certificateName, string keyName, string use)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], false));
        using var certificate = request.Create(_certificate, From, To.AddDays(-1), RandomNumberGenerator.GetBytes(8));
        var (certificatePath, keyPath) = (Path.Combine(folder, certificateName), Path.Combine(folder, keyName));
        File.WriteAllText(certificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        return (certificatePath, keyPath);
    }
}
