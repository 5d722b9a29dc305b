using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NixSharp.Files;

namespace NixSharp.Registries;

/// <summary>
/// What a folder of certificates for one registry holds, in the layout of Docker and skopeo: every <c>*.crt</c> is an
/// authority to trust besides the system's, every <c>NAME.cert</c> with <c>NAME.key</c> is shown to the registry.
/// </summary>
internal sealed class RegistryCertificates
{
    private const int MaxFileSize = 1 << 20;
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private readonly X509Certificate2Collection _authorities = [];
    private SslStreamCertificateContext? _client;

    private RegistryCertificates()
    {
    }

    /// <summary>The first folder that there is for a registry, where skopeo, Podman and Docker look; null where there is none.</summary>
    public static string? FindFolder(string registry)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var config = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } given ? given : Path.Combine(home, ".config");
        return new[] { Path.Combine(config, "containers"), "/etc/containers", "/etc/docker" }
            .Select(folder => Path.Combine(folder, "certs.d", registry))
            .FirstOrDefault(Directory.Exists);
    }

    /// <summary>Reads folders, as far as they are given.</summary>
    /// <param name="folder">One with authorities and client certificates.</param>
    /// <param name="authorities">One of which only the authorities count.</param>
    /// <exception cref="RegistryException">A certificate or key cannot be read (<c>NIXS4122</c>).</exception>
    public static RegistryCertificates Read(string? folder, string? authorities)
    {
        var certificates = new RegistryCertificates();
        foreach (var source in new[] { folder, authorities }.OfType<string>().Distinct())
        {
            foreach (var file in Files(source, "*.crt"))
            {
                Try(file, () => certificates._authorities.ImportFromPem(ReadText(file)));
            }
        }

        if (folder is not null && Files(folder, "*.cert").FirstOrDefault() is { } client)
        {
            Try(client, () => certificates._client = ReadClient(client));
        }

        return certificates;
    }

    /// <summary>How TLS is spoken with these certificates.</summary>
    /// <param name="trustsAll">Takes whatever the other side shows.</param>
    [SuppressMessage("Security", "CA5359", Justification = "Only for a registry that the user said is not to be checked.")]
    public SslClientAuthenticationOptions ToOptions(bool trustsAll) => new()
    {
        ClientCertificateContext = _client,
        RemoteCertificateValidationCallback = trustsAll ? static (_, _, _, _) => true : _authorities.Count > 0 ? IsTrusted : null,
    };

    private static string[] Files(string folder, string pattern)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal)];
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw Unreadable(folder, FileErrors.Explain(error), error);
        }
    }

    private static SslStreamCertificateContext ReadClient(string path)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(ReadText(path));
        using var open = X509Certificate2.CreateFromPem(ReadText(path), ReadText(Path.ChangeExtension(path, ".key")));

        // A key that is in memory only is not shown on Windows.
        var certificate = X509CertificateLoader.LoadPkcs12(open.Export(X509ContentType.Pkcs12), null);
        return SslStreamCertificateContext.Create(certificate, [.. chain.Skip(1)], offline: true);
    }

    private static string ReadText(string path)
    {
        if (new FileInfo(path).Length > MaxFileSize)
        {
            throw new CryptographicException($"it is larger than {MaxFileSize} bytes.");
        }

        return File.ReadAllText(path);
    }

    private static void Try(string path, Action read)
    {
        try
        {
            read();
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException || FileErrors.IsFromSystem(error))
        {
            throw Unreadable(path, error.Message, error);
        }
    }

    private static RegistryException Unreadable(string path, string why, Exception error) => new(
        NixErrorCodes.CertificatesUnreadable,
        $"The certificates in {path} cannot be read: {why.TrimEnd('.')}. They have to be PEM, and a NAME.cert needs its NAME.key beside it, without a password.",
        error);

    private bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is not X509Certificate2 shown)
        {
            return errors == SslPolicyErrors.None;
        }

        using var trusted = new X509Chain();
        trusted.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        trusted.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        trusted.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        trusted.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        foreach (var element in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            trusted.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return trusted.Build(shown);
    }
}
