using System.Net;
using System.Text;
using NixSharp.Web;

namespace NixSharp.Registries;

/// <summary>
/// Whether a registry is talked to with TLS. Always, but for those on this machine, which may have none, and those that
/// the user said need none; for these the first answer tells.
/// </summary>
internal sealed class RegistryScheme
{
    private const int MaxRefusal = 4096;
    private readonly Uri _secure;
    private readonly Uri _plain;
    private readonly bool _mayFallBack;
    private readonly bool _mayMoveUp;
    private volatile bool _isSettled;
    private volatile Uri _base;

    public RegistryScheme(RegistryEndpoint endpoint, bool plainHttp, bool hasCertificates)
    {
        _secure = new Uri($"https://{endpoint.Address.ApiHost}/v2/");
        _plain = new Uri($"http://{endpoint.Address.ApiHost}/v2/");
        var isPlain = plainHttp || (endpoint.Address.IsLoopback && !hasCertificates);
        _base = isPlain ? _plain : _secure;
        _mayFallBack = endpoint.IsInsecure && !isPlain;
        _mayMoveUp = isPlain && !plainHttp;
        _isSettled = !_mayFallBack && !_mayMoveUp;
    }

    /// <summary>Where the registry's API is, as far as that is known.</summary>
    public Uri BaseUri => _base;

    /// <summary>The URI with the scheme that turned out to be right, where it was made before that was known.</summary>
    public Uri Correct(Uri uri)
    {
        var wrong = ReferenceEquals(_base, _plain) ? _secure : _plain;
        return (_mayFallBack || _mayMoveUp) && Answers.IsSameOrigin(uri, wrong) ? new Uri(_base, uri.PathAndQuery) : uri;
    }

    /// <summary>Takes note that an answer made sense.</summary>
    public void Settle(bool isRegistry) => _isSettled |= isRegistry;

    /// <summary>Goes on without TLS where there turned out to be none; true where that is new.</summary>
    public bool TryFallBack(Uri tried, RegistryException exception)
    {
        if (_isSettled || !_mayFallBack || tried.Scheme != Uri.UriSchemeHttps || exception.Status is not null)
        {
            return false;
        }

        (_base, _isSettled) = (_plain, true);
        return true;
    }

    /// <summary>Goes on with TLS where a server that has it was asked without; true where that is new.</summary>
    public async Task<bool> TryMoveUpAsync(Uri tried, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!_mayMoveUp || tried.Scheme != Uri.UriSchemeHttp || response.StatusCode != HttpStatusCode.BadRequest ||
            (ReferenceEquals(_base, _plain) && _isSettled) || response.Content.Headers.ContentLength > MaxRefusal)
        {
            return false;
        }

        // Kept for whoever explains the refusal, if it was another one.
        await response.Content.LoadIntoBufferAsync(MaxRefusal, cancellationToken).ConfigureAwait(false);
        var text = Encoding.Latin1.GetString(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
        if (!text.Contains("HTTPS server", StringComparison.OrdinalIgnoreCase) && !text.Contains("HTTPS port", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        (_base, _isSettled) = (_secure, true);
        return true;
    }
}
