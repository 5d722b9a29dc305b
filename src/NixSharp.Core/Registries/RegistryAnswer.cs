using System.Buffers;
using System.Globalization;
using System.Net;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NixSharp.Processes;
using NixSharp.Web;

namespace NixSharp.Registries;

/// <summary>Reads what strangers answer: never more than a limit, never shown as it is.</summary>
internal static class RegistryAnswer
{
    private const int MaxErrorSize = 1 << 20;
    private const int BufferSize = 64 * 1024;
    private const int MaxErrors = 10;
    private const int MaxErrorText = 500;

    /// <summary>Reads a body that may have up to <paramref name="limit"/> bytes.</summary>
    public static async Task<byte[]> ReadAsync(HttpResponseMessage response, int limit, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > limit)
        {
            throw TooLarge(response, limit);
        }

        var bytes = new MemoryStream();
        using var alive = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        alive.CancelAfter(RegistryRequest.Patience(response));
        try
        {
            await CopyAsync(response, bytes, limit, alive.Token).ConfigureAwait(false);
            return bytes.ToArray();
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw BrokeOff(response, $"it was not there after {RegistryRequest.Patience(response).TotalSeconds:0} s", exception);
        }
    }

    /// <summary>Copies a body that may have up to <paramref name="limit"/> bytes.</summary>
    private static async Task CopyAsync(HttpResponseMessage response, MemoryStream destination, int limit, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var source = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using var disposal = source.ConfigureAwait(false);
            while (await ReadPieceAsync(response, source, buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
            {
                if (destination.Length + count > limit)
                {
                    throw TooLarge(response, limit);
                }

                destination.Write(buffer.AsSpan(0, count));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads a small JSON object.</summary>
    public static async Task<JObject> ReadObjectAsync(HttpResponseMessage response, int limit, CancellationToken cancellationToken)
    {
        var bytes = await ReadAsync(response, limit, cancellationToken).ConfigureAwait(false);
        return TryParse(bytes) ?? throw Malformed(response, "its body is no JSON object");
    }

    public static RegistryException Malformed(HttpResponseMessage response, string why) => new(
        NixErrorCodes.RegistryAnswerMalformed,
        $"{Describe(response)} was answered in a way that cannot be used: {why}. Check that this really is a container registry.")
    {
        Method = response.RequestMessage?.Method.Method,
        RequestUri = Show(response.RequestMessage?.RequestUri),
        Status = response.StatusCode,
    };

    /// <summary>The error for a status that nobody expected.</summary>
    /// <param name="response">The answer; its body is read.</param>
    /// <param name="access">What is to be said of credentials where access was denied.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<RegistryException> ToExceptionAsync(HttpResponseMessage response, Func<string> access, CancellationToken cancellationToken)
    {
        var errors = await ReadErrorsAsync(response, cancellationToken).ConfigureAwait(false);
        var status = response.StatusCode;
        var (code, what) = status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => (NixErrorCodes.RegistryAccessDenied, access()),
            HttpStatusCode.NotFound => (NixErrorCodes.RegistryNotFound, "Check the name, and that it may be seen with the credentials in use."),
            HttpStatusCode.TooManyRequests => (NixErrorCodes.RegistryRateLimited, "The registry limits how often it is asked: try again later, with fewer connections, or log in, which some registries count differently."),
            HttpStatusCode.RequestTimeout or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout =>
                (NixErrorCodes.RegistryUnreachable, "The registry is down or busy: try again later."),
            HttpStatusCode.RequestEntityTooLarge => (NixErrorCodes.RegistryRefused, "The registry, or a proxy before it, limits the size of a layer: raise that limit."),
            HttpStatusCode.BadRequest when errors.Any(static error => error.Code == "DIGEST_INVALID") =>
                (NixErrorCodes.RegistryDigestMismatch, "The bytes were changed on the way, or while they were read: push again."),
            _ => (NixErrorCodes.RegistryRefused, "The registry's own log may say more."),
        };
        var said = errors.Count == 0 ? "" : $" ({string.Join("; ", errors)})";
        return new RegistryException(code, $"{Describe(response)} was answered with {(int)status} {status}{said}. {what}")
        {
            Method = response.RequestMessage?.Method.Method,
            RequestUri = Show(response.RequestMessage?.RequestUri),
            Status = status,
            Errors = errors,
            IsTransient = code is NixErrorCodes.RegistryUnreachable or NixErrorCodes.RegistryRateLimited || status == HttpStatusCode.InternalServerError,
            RetryAfter = Answers.RetryAfter(response),
        };
    }

    /// <summary>A URI without its query, in which upload sessions and signed links keep secrets.</summary>
    public static string? Show(Uri? uri) => uri is null ? null : $"{uri.Scheme}://{uri.Authority}{uri.AbsolutePath}";

    private static string Describe(HttpResponseMessage response) =>
        $"{response.RequestMessage?.Method} {Show(response.RequestMessage?.RequestUri)}";

    private static async Task<IReadOnlyList<RegistryError>> ReadErrorsAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await ReadAsync(response, MaxErrorSize, cancellationToken).ConfigureAwait(false);
            return TryParse(bytes)?["errors"] is JArray errors
                ? [.. errors.OfType<JObject>().Take(MaxErrors).Select(static error => new RegistryError(Clean(error["code"]), Clean(error["message"])))]
                : [];
        }
        catch (RegistryException)
        {
            // The status is the news; what was to explain it is missing or too long.
            return [];
        }
    }

    private static string Clean(JToken? json)
    {
        var text = json is JValue { Value: { } value } ? Convert.ToString(value, CultureInfo.InvariantCulture)! : "";
        text = TerminalText.Strip(text.Length > MaxErrorText ? text[..MaxErrorText] : text);
        return string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c));
    }

    private static JObject? TryParse(byte[] bytes)
    {
        try
        {
            using var reader = new JsonTextReader(new StreamReader(new MemoryStream(bytes))) { MaxDepth = 64, DateParseHandling = DateParseHandling.None };
            return JToken.ReadFrom(reader) as JObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads what comes next, which has to come within the time of <see cref="RegistryRequest.Patience"/>; 0 where nothing does.</summary>
    public static async Task<int> ReadPieceAsync(HttpResponseMessage response, Stream source, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var alive = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        alive.CancelAfter(RegistryRequest.Patience(response));
        try
        {
            return await source.ReadAsync(buffer, alive.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw BrokeOff(response, exception.GetBaseException().Message.TrimEnd('.'), exception);
        }
    }

    /// <summary>The error for a body that ended too early.</summary>
    public static RegistryException BrokeOff(HttpResponseMessage response, string why, Exception? exception) => new(
        NixErrorCodes.RegistryUnreachable,
        $"The answer to {Describe(response)} broke off: {why}. Try again later.",
        exception)
    {
        Method = response.RequestMessage?.Method.Method,
        RequestUri = Show(response.RequestMessage?.RequestUri),
        Status = response.StatusCode,
        IsTransient = true,
    };

    /// <summary>The error for a body that has more bytes than it may have.</summary>
    public static RegistryException TooLarge(HttpResponseMessage response, long limit) => Malformed(response, $"its body has more than {limit} bytes");
}
