using System.Net;
using System.Net.Http.Headers;
using NixSharp.Web;
using Polly;

namespace NixSharp.Stores.Caches;

/// <summary>Sends requests to a cache's server: authorised, redirected, repeated where that helps, and with coded errors for all the rest.</summary>
internal sealed class CacheTransport : IDisposable
{
    private const int MaxRedirects = 10;

    private readonly Uri _server;
    private readonly ICacheAuthorizer _authorizer;
    private readonly HttpClient _http;
    private readonly ResiliencePipeline _retry;

    public CacheTransport(Uri server, ICacheAuthorizer authorizer, CacheOptions options)
    {
        _server = server;
        _authorizer = authorizer;
        Options = options;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            EnableMultipleHttp2Connections = true,
            MaxConnectionsPerServer = Math.Max(1, options.Connections),
            ConnectTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("nixsharp", null));
        _retry = Retries.Make(
            options.MaxAttempts,
            options.RetryDelay,
            static error => error is CacheFailure { IsTransient: true },
            static error => (error as CacheFailure)?.RetryAfter);
    }

    public CacheOptions Options { get; }

    /// <summary>Sends a request as often as it takes. The answer's headers are there, its body is still to be read.</summary>
    /// <exception cref="NixStoreException">The server does not answer, or not with a status that was expected.</exception>
    public async Task<HttpResponseMessage> SendAsync(CacheRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await _retry.ExecuteAsync(async token => await SendOnceAsync(request, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        catch (CacheFailure failure)
        {
            throw failure.Error;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendOnceAsync(CacheRequest request, CancellationToken cancellationToken)
    {
        var target = request.Uri;
        for (var redirects = 0; ;)
        {
            using var message = request.Build(target);
            // What belongs to the cache's own server is shown to no other.
            if (Answers.IsSameOrigin(target, _server))
            {
                _authorizer.Authorize(message, request);
            }

            var response = await SendRawAsync(message, cancellationToken).ConfigureAwait(false);
            var keep = false;
            try
            {
                if (request.Expected.Contains(response.StatusCode))
                {
                    keep = true;
                    return response;
                }

                if (Answers.IsRedirect(response.StatusCode) && response.Headers.Location is { } location && redirects++ < MaxRedirects)
                {
                    target = Follow(target, location, response);
                    continue;
                }

                throw await CacheAnswer.ToFailureAsync(response, _authorizer.Explain(), cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                if (!keep)
                {
                    response.Dispose();
                }
            }
        }
    }

    private static Uri Follow(Uri from, Uri location, HttpResponseMessage response)
    {
        var target = new Uri(from, location);
        var isSafe = target.Scheme == Uri.UriSchemeHttps || (target.Scheme == Uri.UriSchemeHttp && from.Scheme == Uri.UriSchemeHttp);
        return isSafe ? target : throw CacheAnswer.Malformed(response, $"it leads to {CacheAnswer.Show(target)}, which is not safe to follow");
    }

    private async Task<HttpResponseMessage> SendRawAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        using var alive = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        alive.CancelAfter(Options.Timeout);
        if (message.Content is { } content)
        {
            message.Content = new WatchedContent(content, () => alive.CancelAfter(Options.Timeout));
        }

        try
        {
            return await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, alive.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw CacheAnswer.Unreachable(message, error, Options.Timeout);
        }
    }
}
