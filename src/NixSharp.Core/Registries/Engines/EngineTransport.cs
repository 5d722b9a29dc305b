using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using NixSharp.Json;
using NixSharp.Processes;

namespace NixSharp.Registries.Engines;

/// <summary>Sends requests to an engine, with coded errors for all that is not as expected.</summary>
internal sealed class EngineTransport : IDisposable
{
    private const int MaxJsonSize = 4 << 20;
    private const long MaxReportSize = 256 << 20;
    private const int MaxTextLength = 2000;
    private readonly EngineAddress _address;
    private readonly TimeSpan _timeout;
    private readonly HttpClient _http;

    public EngineTransport(EngineAddress address, TimeSpan timeout)
    {
        _address = address;
        _timeout = timeout;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(30),
            ConnectCallback = address.Socket is { } path ? (_, token) => ConnectAsync(path, token) : null,
        })
        {
            BaseAddress = address.BaseUri,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("nixsharp", null));
    }

    /// <summary>Sends a request that changes nothing or little; null where the engine knows nothing by that name.</summary>
    public async Task<string?> SendAsync(HttpMethod method, string path, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(method, path, null, cancellationToken).ConfigureAwait(false);
        return answer.Status == HttpStatusCode.NotFound ? null : await answer.ReadTextAsync(MaxJsonSize).ConfigureAwait(false);
    }

    /// <summary>Sends a body while it is made, and gives out the answer line by line.</summary>
    public async Task UploadAsync(string path, RegistryContent content, Action<string> onLine, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Post, path, content, cancellationToken).ConfigureAwait(false);
        if (answer.Status == HttpStatusCode.NotFound)
        {
            throw Refused("POST", path, answer.Status, "there is nothing there");
        }

        var lines = new LineSplitter(onLine);
        await answer.ReadAsync(bytes => lines.Add(bytes.Span), MaxReportSize).ConfigureAwait(false);
        lines.Complete();
    }

    public EngineException Malformed(string path, string why) => new(
        NixErrorCodes.EngineAnswerMalformed,
        $"The engine at {_address} answered {path} in a way that cannot be used: {why}. Check that a container engine listens there.");

    public EngineException Refused(string method, string path, HttpStatusCode? status, string why) => new(
        NixErrorCodes.EngineRefused,
        $"The engine at {_address} refused {method} {path}{(status is { } code ? $" with {(int)code} {code}" : "")}: {Clean(why)}. Its own log may say more.")
    {
        Status = status,
    };

    public void Dispose() => _http.Dispose();

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string Clean(string text)
    {
        text = TerminalText.Strip(text.Length > MaxTextLength ? text[..MaxTextLength] : text);
        return string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c)).Trim().TrimEnd('.');
    }

    private async Task<EngineAnswer> SendAsync(HttpMethod method, string path, RegistryContent? content, CancellationToken cancellationToken)
    {
        var answer = new EngineAnswer(_address, _timeout, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };
            if (content is not null)
            {
                content.OnLife = answer.NoteSent;
                request.Headers.ExpectContinue = true;
            }

            await answer.SendAsync(_http, request).ConfigureAwait(false);
            if ((int)answer.Status is >= 200 and < 300 || answer.Status == HttpStatusCode.NotFound)
            {
                return answer;
            }

            var text = await answer.ReadTextAsync(MaxJsonSize).ConfigureAwait(false);
            throw Refused(method.Method, path, answer.Status, JsonText.TryParse(text, out var json, out _) && json is Newtonsoft.Json.Linq.JObject error && error["message"] is { } message ? $"{message}" : text);
        }
        catch (Exception exception)
        {
            answer.Dispose();
            if (exception is not EngineException)
            {
                // What was sent could not be made: that is the news, and not that the connection broke off.
                content?.ThrowIfNotMade();
            }

            throw;
        }
    }
}
