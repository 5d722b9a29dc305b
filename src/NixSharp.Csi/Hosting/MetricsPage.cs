using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NixSharp.Csi.Metrics;

namespace NixSharp.Csi.Hosting;

/// <summary>Serves what a driver measures at <c>/metrics</c>.</summary>
internal static class MetricsPage
{
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static Task<KestrelHost> ListenAsync(IPEndPoint address, DriverMetrics metrics, CancellationToken cancellationToken) => KestrelHost.StartAsync(
        $"http://{address}",
        kestrel => kestrel.Listen(address, static listener => listener.Protocols = HttpProtocols.Http1),
        context => AnswerAsync(context, metrics),
        TimeSpan.FromSeconds(1),
        cancellationToken);

    private static async Task AnswerAsync(HttpContext context, DriverMetrics metrics)
    {
        if (context.Request.Path != "/metrics" || !(HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = ContentType;
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await context.Response.WriteAsync(metrics.Write(), context.RequestAborted).ConfigureAwait(false);
        }
    }
}
