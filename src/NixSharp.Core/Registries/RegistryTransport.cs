using System.Diagnostics;
using System.Net;
using NixSharp.Web;
using Polly;

namespace NixSharp.Registries;

/// <summary>Sends requests: authorised, redirected, repeated where that helps, and with coded errors for all the rest.</summary>
internal sealed class RegistryTransport : IDisposable
{
    private const int MaxRedirects = 5;
    private readonly RegistryOptions _options;
    private readonly RegistryConnections _connections;
    private readonly RegistryAuthenticator _authenticator;
    private readonly RegistryScheme _scheme;
    private readonly RequestGate _gate;
    private int _requestCount;

    public RegistryTransport(RegistryEndpoint endpoint, RegistryOptions options)
    {
        _options = options;
        _connections = new RegistryConnections(endpoint, options);
        _scheme = new RegistryScheme(endpoint, options.PlainHttp, hasCertificates: _connections.CertificateFolder is not null);
        _gate = new RequestGate(options.Connections);
        _authenticator = new RegistryAuthenticator(endpoint.Address, () => BaseUri, endpoint.Credentials, new TokenServer(SendToTokenServerAsync));
        Retry = Retries.Make(
            options.MaxAttempts,
            options.RetryDelay,
            static error => error is RegistryException { IsTransient: true },
            static error => (error as RegistryException)?.RetryAfter);
    }

    /// <summary>Repeats what failed for reasons that pass.</summary>
    public ResiliencePipeline Retry { get; }

    /// <summary>Where the registry's API is.</summary>
    public Uri BaseUri => _scheme.BaseUri;

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
            target = _scheme.Correct(target);
            var isRegistry = Answers.IsSameOrigin(target, BaseUri);
            var content = request.Content?.Invoke();
            using var message = request.Build(target, content, _options.Timeout);
            message.Headers.Authorization = isRegistry
                ? await _authenticator.AuthorizeAsync(request.Scope, cancellationToken).ConfigureAwait(false)
                : null;
            HttpResponseMessage response;
            try
            {
                response = await SendRawAsync(message, content, isRegistry, cancellationToken).ConfigureAwait(false);
            }
            catch (RegistryException exception) when (isRegistry && _scheme.TryFallBack(target, exception))
            {
                continue;
            }

            var keep = false;
            try
            {
                if (request.Expected.Contains(response.StatusCode))
                {
                    _scheme.Settle(isRegistry);
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

                if (isRegistry && await _scheme.TryMoveUpAsync(target, response, cancellationToken).ConfigureAwait(false))
                {
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
        _connections.Dispose();
    }

    private async Task<HttpResponseMessage> SendToTokenServerAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        RegistryRequest.SetPatience(message, _options.Timeout);
        return await SendRawAsync(message, null, Answers.IsSameOrigin(message.RequestUri!, BaseUri), cancellationToken).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> SendRawAsync(HttpRequestMessage message, RegistryContent? content, bool isRegistry, CancellationToken cancellationToken)
    {
        await _gate.EnterAsync(cancellationToken).ConfigureAwait(false);
        Interlocked.Increment(ref _requestCount);
        using var alive = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        alive.CancelAfter(_options.Timeout);
        if (content is not null)
        {
            content.OnLife = () => alive.CancelAfter(_options.Timeout);
        }

        try
        {
            var started = Stopwatch.GetTimestamp();
            var response = await _connections.SendAsync(message, isRegistry, alive.Token).ConfigureAwait(false);
            _gate.Learn(
                isBusy: response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable,
                content is { IsLarge: true } ? null : Stopwatch.GetElapsedTime(started));
            return response;
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
        finally
        {
            _gate.Leave();
        }
    }

    private RegistryException Unreachable(HttpRequestMessage message, Exception exception)
    {
        var isTls = exception is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError };
        var (why, what) = exception switch
        {
            OperationCanceledException => ($"there was no sign of life for {_options.Timeout.TotalSeconds:0} s", "Try again later."),
            _ when isTls => (Innermost(exception), $"If its certificate is your own, put the authority's into ~/.config/containers/certs.d/{message.RequestUri?.Authority}/ca.crt; if it speaks plain HTTP, say so with the PlainHttp option."),
            _ => (Innermost(exception), "Check the registry's name, and that it is up."),
        };
        return new RegistryException(
            isTls ? NixErrorCodes.RegistryNotTrusted : NixErrorCodes.RegistryUnreachable,
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
