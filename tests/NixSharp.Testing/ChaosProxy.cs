using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace NixSharp.Testing;

/// <summary>Stands before a real server, and does to the requests for it what a bad network does.</summary>
public sealed class ChaosProxy : TestWebServer
{
    private static readonly HashSet<string> HopByHop = new(["Connection", "Transfer-Encoding", "Keep-Alive", "Upgrade", "Expect"], StringComparer.OrdinalIgnoreCase);
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly Uri _server;

    private ChaosProxy(Uri server, TestAuthority? authority)
        : base(authority)
    {
        _server = server;
    }

    /// <summary>Chooses what happens to a request; may be called by several threads.</summary>
    public Func<SeenRequest, Fault> Choose { get; set; } = static _ => Fault.None;

    /// <summary>Makes the server's answers name places without a host.</summary>
    public bool MakesLocationsRelative { get; init; }

    /// <summary>Starts a proxy for a server.</summary>
    public static Task<ChaosProxy> StartAsync(string serverHost, TestAuthority? authority = null) => StartAsync(new ChaosProxy(new Uri($"http://{serverHost}"), authority));

    /// <summary>Starts a proxy that changes <c>Location</c>.</summary>
    public static Task<ChaosProxy> StartRelativeAsync(string serverHost) => StartAsync(new ChaosProxy(new Uri($"http://{serverHost}"), null) { MakesLocationsRelative = true });

    protected override async Task AnswerAsync(HttpContext context)
    {
        var fault = Choose(SeenRequest.From(context.Request));
        if (fault.Status is { } status)
        {
            context.Response.StatusCode = status;
            foreach (var (name, value) in fault.Headers)
            {
                context.Response.Headers[name] = value;
            }

            return;
        }

        if (fault.RequestBytes == 0)
        {
            context.Abort();
            return;
        }

        using var request = Translate(context, fault.RequestBytes);
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
            await PassBackAsync(response, context, fault.AnswerBytes);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            context.Abort();
        }
    }

    private async Task PassBackAsync(HttpResponseMessage response, HttpContext context, long? limit)
    {
        if (limit == -1)
        {
            await response.Content.ReadAsByteArrayAsync(context.RequestAborted);
            context.Abort();
            return;
        }

        context.Response.StatusCode = (int)response.StatusCode;
        if (MakesLocationsRelative && response.Headers.Location is { IsAbsoluteUri: true } location)
        {
            response.Headers.Location = new Uri(location.PathAndQuery, UriKind.Relative);
        }

        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(static header => !HopByHop.Contains(header.Key)))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        var source = await response.Content.ReadAsStreamAsync(context.RequestAborted);
        if (await CopyAsync(source, context.Response.Body, limit ?? long.MaxValue, context.RequestAborted) is false)
        {
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
        }
    }

    /// <summary>False where the limit came before the end.</summary>
    private static async Task<bool> CopyAsync(Stream source, Stream destination, long limit, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        while (await source.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            var allowed = (int)Math.Min(count, limit);
            await destination.WriteAsync(buffer.AsMemory(0, allowed), cancellationToken);
            limit -= allowed;
            if (allowed < count)
            {
                return false;
            }
        }

        return true;
    }

    private HttpRequestMessage Translate(HttpContext context, long? limit)
    {
        var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(_server, context.Request.GetEncodedPathAndQuery()));
        if (context.Request.ContentLength is not null || context.Request.Headers.TransferEncoding.Count > 0)
        {
            request.Content = new PassedBody(context.Request, limit);
        }

        foreach (var (name, values) in context.Request.Headers.Where(static header => !HopByHop.Contains(header.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        if (context.Request.IsHttps)
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "https");
        }

        return request;
    }

    private static async Task<ChaosProxy> StartAsync(ChaosProxy proxy)
    {
        await proxy.OpenAsync();
        return proxy;
    }

    /// <summary>A body that is passed on while it comes in, and breaks off where it is to.</summary>
    private sealed class PassedBody(HttpRequest request, long? limit) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            if (!await CopyAsync(request.Body, stream, limit ?? long.MaxValue, request.HttpContext.RequestAborted))
            {
                await stream.FlushAsync();
                throw new IOException("The proxy breaks the connection here.");
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = request.ContentLength ?? 0;
            return request.ContentLength is not null;
        }
    }
}
