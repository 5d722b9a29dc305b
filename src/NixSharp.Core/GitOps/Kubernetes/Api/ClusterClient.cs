using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Files;
using NixSharp.Json;

namespace NixSharp.GitOps.Kubernetes.Api;

/// <summary>Asks a cluster's API server. Safe for use by several threads.</summary>
public sealed class ClusterClient : IDisposable
{
    private const int MaxAnswer = 16 << 20;
    private readonly HttpClient _http;
    private readonly AccessToken? _token;

    /// <summary>Makes a client; nothing is asked yet.</summary>
    /// <param name="access">Where the server is.</param>
    /// <param name="timeout">How long an answer may take; null for 10 seconds.</param>
    /// <exception cref="NixFileException">The certificates cannot be read.</exception>
    /// <exception cref="KubernetesException">The file holds no certificates.</exception>
    public ClusterClient(ClusterAccess access, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(access);
        Access = access;
        _token = access.TokenFile is { } file ? new AccessToken(file, TimeProvider.System) : null;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = timeout ?? TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = access.CertificateAuthorityFile is { } authority ? Trust(authority) : null },
        })
        {
            BaseAddress = access.Server,
            Timeout = timeout ?? TimeSpan.FromSeconds(10),
            MaxResponseContentBufferSize = MaxAnswer,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("nixsharp", null));
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }

    /// <summary>Where the server is.</summary>
    public ClusterAccess Access { get; }

    /// <summary>Reads something.</summary>
    /// <param name="path">The path on the server, with a query, such as <c>/api/v1/namespaces/default/pods?limit=10</c>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="KubernetesException">The server cannot be reached, or refuses.</exception>
    public Task<JObject> GetAsync(string path, CancellationToken cancellationToken = default) => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    /// <summary>Makes something.</summary>
    /// <param name="path">The path on the server of the list that it goes into.</param>
    /// <param name="body">The object.</param>
    /// <param name="cancellationToken">Stops waiting; the object may be made nevertheless.</param>
    /// <exception cref="KubernetesException">The server cannot be reached, or refuses.</exception>
    public Task<JObject> PostAsync(string path, JObject body, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        return SendAsync(HttpMethod.Post, path, body.ToString(Newtonsoft.Json.Formatting.None), cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<JObject> SendAsync(HttpMethod method, string path, string? body, CancellationToken cancellationToken)
    {
        for (var isRefused = false; ; isRefused = true)
        {
            using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
            if (body is not null)
            {
                request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            }

            if (_token is not null)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await _token.ReadAsync(isRefused, cancellationToken).ConfigureAwait(false));
            }

            using var response = await AskAsync(request, path, cancellationToken).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                return JsonText.Parse(text) as JObject ?? throw Refused(request, response.StatusCode, "its answer is no object");
            }

            // The token may have been renewed since it was read.
            if (response.StatusCode != HttpStatusCode.Unauthorized || isRefused || _token is null)
            {
                throw Refused(request, response.StatusCode, Reason(text));
            }
        }
    }

    private async Task<HttpResponseMessage> AskAsync(HttpRequestMessage request, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var why = error is OperationCanceledException ? $"it did not answer within {_http.Timeout.TotalSeconds:0.#} seconds" : (error.InnerException ?? error).Message.TrimEnd('.');
            throw new KubernetesException(
                NixErrorCodes.ClusterUnreachable,
                $"The API server {Access.Server} cannot be asked for {path.Split('?')[0]}: {why}. Check the network, and that the certificate is signed by {Access.CertificateAuthorityFile ?? "an authority that this machine trusts"}.",
                error);
        }
    }

    private KubernetesException Refused(HttpRequestMessage request, HttpStatusCode status, string why) => new(
        NixErrorCodes.ClusterRefuses,
        string.Create(CultureInfo.InvariantCulture, $"The API server {Access.Server} refuses {request.Method} {request.RequestUri?.OriginalString.Split('?')[0]} with status {(int)status}: {why}. Give the service account a role that allows it, or correct the request."))
    {
        Status = (int)status,
    };

    // The server says why in an object of kind Status; whatever else answers is not quoted.
    private static string Reason(string text)
    {
        const int MaxLength = 500;
        return JsonText.TryParse(text, out var json, out _) && (string?)(json as JObject)?["message"] is { Length: > 0 } message
            ? message[..Math.Min(message.Length, MaxLength)]
            : "it does not say why";
    }

    private static X509ChainPolicy Trust(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(file);
        }
        catch (CryptographicException error)
        {
            throw NoCertificates(file, error);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Reading(file, error);
        }

        return policy.CustomTrustStore.Count > 0 ? policy : throw NoCertificates(file, null);
    }

    private static KubernetesException NoCertificates(string file, Exception? error) =>
        new(NixErrorCodes.ClusterUnreachable, $"The API server cannot be trusted: {file} has no certificates in PEM. Check what is mounted there.", error);
}
