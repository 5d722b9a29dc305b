using System.Net;
using System.Net.Http.Headers;
using NixSharp.Web;
using Polly;

namespace NixSharp.Registries;

/// <summary>Sends requests: authorised, redirected, repeated where that helps, and with coded errors for all the rest.</summary>
internal sealed class RegistryTransport : IDisposable
{
    private const int MaxRedirects = 5;
    private readonly RegistryOptions _options;
    private readonly HttpClient _http;
    private readonly RegistryAuthenticator _authenticator;
    private int _requestCount;

    public RegistryTransport(ImageReference reference, RegistryOptions options)
    {
        _options = options;
        BaseUri = new Uri($"{(options.PlainHttp || reference.IsLoopback ? "http" : "https")}://{reference.ApiHost}/v2/");
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("nixsharp", null));
        _authenticator = new RegistryAuthenticator(reference, BaseUri, options.Credentials, new TokenServer((message, token) => SendRawAsync(message, null, token)));
        Retry = Retries.Make(
            options.MaxAttempts,
            options.RetryDelay,
            static error => error is RegistryException { IsTransient: true },
            static error => (error as RegistryException)?.RetryAfter);
    }

    /// <summary>Repeats what failed for reasons that pass.</summary>
    public ResiliencePipeline Retry { get; }

    /// <summary>Where the registry's API is.</summary>
    public Uri BaseUri { get; }

    /// <summary>The number of requests so far, those to token servers included.</summary>
    public int RequestCount => Volatile.Read(ref _requestCount);

    /// <summary>Sends a request as often as it takes. The answer's headers are there, its body is still to be read.</summary>
    public async Task<HttpResponseMessage> SendAsync(RegistryRequest request, CancellationToken cancellationToken) =>
        await Retry.ExecuteAsync(async token => await SendOnceAsync(request, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>Sends a request once, though again after a challenge or a redirect.</summary>
    public async Task<HttpResponseMessage> SendOnceAsync(RegistryRequest request, CancellationToken cancellationToken)
    {
        var target = request.Uri;
        var challenged = false;
        for (var redirects = 0; ;)
        {
            // What belongs to the registry is shown to the registry only.
            var isRegistry = Answers.IsSameOrigin(target, BaseUri);
            var content = request.Content?.Invoke();
            using var message = request.Build(target, content);
            message.Headers.Authorization = isRegistry
                ? await _authenticator.AuthorizeAsync(request.Scope, cancellationToken).ConfigureAwait(false)
                : null;
            var response = await SendRawAsync(message, content, cancellationToken).ConfigureAwait(false);
            var keep = false;
            try
            {
                if (request.Expected.Contains(response.StatusCode))
                {
                    keep = true;
                    return response;
                }

                if (Answers.IsRedirect(response.StatusCode) && redirects++ < MaxRedirects)
                {
                    target = RegistryLocation.Read(response);
                    continue;
                }

                if (response.StatusCode == HttpStatusCode.Unauthorized && isRegistry && !challenged &&
                    await _authenticator.LearnAsync(response, request.Scope, message.Headers.Authorization, cancellationToken).ConfigureAwait(false))
                {
                    challenged = true;
                    continue;
                }

                throw await RegistryAnswer.ToExceptionAsync(response, _authenticator.Explain, cancellationToken).ConfigureAwait(false);
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

    public void Dispose()
    {
        _authenticator.Dispose();
        _http.Dispose();
    }

    private async Task<HttpResponseMessage> SendRawAsync(HttpRequestMessage message, RegistryContent? content, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _requestCount);
        using var alive = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        alive.CancelAfter(_options.Timeout);
        if (content is not null)
        {
            content.OnLife = () => alive.CancelAfter(_options.Timeout);
        }

        try
        {
            return await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, alive.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            content?.ThrowIfNotMade();
            throw Unreachable(message, exception);
        }
        catch
        {
            content?.ThrowIfNotMade();
            throw;
        }
    }

    private RegistryException Unreachable(HttpRequestMessage message, Exception exception)
    {
        var isTls = exception is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError };
        var (why, what) = exception switch
        {
            OperationCanceledException => ($"there was no sign of life for {_options.Timeout.TotalSeconds:0} s", "Try again later."),
            _ when isTls => (Innermost(exception), "If the registry speaks plain HTTP, say so with the PlainHttp option; if its certificate is your own, install it on this machine."),
            _ => (Innermost(exception), "Check the registry's name, and that it is up."),
        };
        return new RegistryException(
            NixErrorCodes.RegistryUnreachable,
            $"{message.Method} {RegistryAnswer.Show(message.RequestUri)} got no answer: {why.TrimEnd('.')}. {what}",
            exception)
        {
            Method = message.Method.Method,
            RequestUri = RegistryAnswer.Show(message.RequestUri),
            IsTransient = !isTls,
        };
    }

    private static string Innermost(Exception exception) => exception.GetBaseException().Message;
}
