using System.Net;
using System.Text;
using NixSharp.Web;

namespace NixSharp.Stores.Caches;

/// <summary>Says what is wrong with the answers of a cache's server.</summary>
internal static class CacheAnswer
{
    private const int MaxErrorSize = 4096;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The error for a status that nobody expected.</summary>
    public static async Task<CacheFailure> ToFailureAsync(HttpResponseMessage response, string explanation, CancellationToken cancellationToken)
    {
        var said = await ReadErrorAsync(response, cancellationToken).ConfigureAwait(false);
        var status = response.StatusCode;
        var (code, what) = status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.ProxyAuthenticationRequired => (NixErrorCodes.CacheAccessDenied, explanation),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError
                or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout =>
                (NixErrorCodes.CacheUnreachable, "The cache is down or busy: try again later."),
            HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented => (NixErrorCodes.CacheAnswer, "This server does not take files: write the cache elsewhere, and have the server show it."),
            HttpStatusCode.RequestEntityTooLarge => (NixErrorCodes.CacheAnswer, "The server, or a proxy before it, limits the size of a file: raise that limit."),
            _ => (NixErrorCodes.CacheAnswer, "Check the cache's URI; the server's own log may say more."),
        };
        var error = new NixStoreException(code, $"{Describe(response.RequestMessage)} was answered with {(int)status} {status}{(said.Length == 0 ? "" : $" ({said})")}. {what}");
        return new CacheFailure(error, code == NixErrorCodes.CacheUnreachable, Answers.RetryAfter(response));
    }

    public static NixStoreException Malformed(HttpResponseMessage response, string why) => new(
        NixErrorCodes.CacheAnswer,
        $"{Describe(response.RequestMessage)} was answered in a way that cannot be used: {why}. Check the cache's URI, and whether a proxy lies between.");

    public static CacheFailure Unreachable(HttpRequestMessage? message, Exception error, TimeSpan patience)
    {
        var isTls = error is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError };
        var (why, what) = error switch
        {
            OperationCanceledException => ($"there was no sign of life for {patience.TotalSeconds:0} s", "Try again later."),
            _ when isTls => (error.GetBaseException().Message, "If the server's certificate is your own, install it on this machine."),
            _ => (error.GetBaseException().Message, "Check the server's name, and that it is up."),
        };
        return new CacheFailure(
            new NixStoreException(NixErrorCodes.CacheUnreachable, $"{Describe(message)} got no answer, or half of one: {why.TrimEnd('.')}. {what}", error),
            isTransient: !isTls);
    }

    /// <summary>A URI without its query and user, in which secrets may be.</summary>
    public static string Show(Uri? uri) => uri is null ? "" : CacheText.Show($"{uri.Scheme}://{uri.Host}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}{uri.AbsolutePath}");

    /// <summary>The text of the first element of a name; empty where there is none.</summary>
    public static string Element(string xml, string name)
    {
        var start = xml.IndexOf($"<{name}>", StringComparison.Ordinal);
        var end = start < 0 ? -1 : xml.IndexOf($"</{name}>", start, StringComparison.Ordinal);
        return end < 0 ? "" : WebUtility.HtmlDecode(xml[(start + name.Length + 2)..end]);
    }

    private static string Describe(HttpRequestMessage? message) => $"{message?.Method} {Show(message?.RequestUri)}";

    /// <summary>What the server says of its error: S3's code and message, or the beginning of a text.</summary>
    private static async Task<string> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var alive = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        alive.CancelAfter(Patience);
        try
        {
            var body = await response.Content.ReadAsStreamAsync(alive.Token).ConfigureAwait(false);
            var buffer = new byte[MaxErrorSize];
            var count = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, alive.Token).ConfigureAwait(false);
            var text = Encoding.UTF8.GetString(buffer, 0, count);
            return response.Content.Headers.ContentType?.MediaType switch
            {
                "application/xml" or "text/xml" => CacheText.Show(string.Join(": ", ((string[])["Code", "Message"]).Select(name => Element(text, name)).Where(static part => part.Length > 0))),
                "text/plain" => CacheText.Show(text),
                _ => "",
            };
        }
        catch (Exception error) when (error is IOException or HttpRequestException or NotSupportedException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // The status is the news; what was to explain it is missing.
            return "";
        }
    }
}
