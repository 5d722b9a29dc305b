using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;

namespace NixSharp.Registries;

/// <summary>
/// Connections to a registry and to the servers that it leads to. Each host has its own, so that a client certificate
/// is shown to the registry alone, and checks that are off for the registry are on for all others.
/// </summary>
internal sealed class RegistryConnections(RegistryEndpoint endpoint, RegistryOptions options) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<HttpClient>> _clients = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Where the registry's certificates are, if it has some of its own.</summary>
    public string? CertificateFolder { get; } = options.CertificateFolder ?? RegistryCertificates.FindFolder(endpoint.Address.Registry);

    /// <summary>Sends a message; returns when the answer's headers are there.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, bool isRegistry, CancellationToken cancellationToken)
    {
        // One connection for many small requests; large bodies get their own, where no window for all of them is in the way.
        message.Version = message.Content is RegistryContent { IsLarge: true } ? HttpVersion.Version11 : HttpVersion.Version20;
        message.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        var host = isRegistry ? "" : message.RequestUri!.Authority;
        return _clients.GetOrAdd(host, key => new Lazy<HttpClient>(() => Make(key))).Value.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values.Where(static client => client.IsValueCreated))
        {
            client.Value.Dispose();
        }
    }

    private HttpClient Make(string host)
    {
        var isRegistry = host.Length == 0;
        var certificates = RegistryCertificates.Read(isRegistry ? CertificateFolder : RegistryCertificates.FindFolder(host), options.CertificateFolder);
        var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            EnableMultipleHttp2Connections = true,
            SslOptions = certificates.ToOptions(trustsAll: isRegistry && endpoint.IsInsecure),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("nixsharp", null));
        return client;
    }
}
