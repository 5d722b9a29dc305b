using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using NixSharp.Stores.Serving;

namespace NixSharp.Tool.Serving;

/// <summary>Puts a <see cref="CacheServer"/> behind Kestrel.</summary>
internal sealed class CacheHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly WebApplication _application;

    private CacheHost(WebApplication application) => _application = application;

    /// <summary>Where clients find it: the port is the real one, even where 0 was asked for.</summary>
    public Uri Address => new(_application.Urls.First());

    /// <summary>Starts to listen.</summary>
    /// <param name="server">Answers the requests.</param>
    /// <param name="address">The address to listen at.</param>
    /// <param name="port">The port; 0 takes one that is free.</param>
    /// <param name="report">Told of each request, with its answer's status and what went wrong in the middle of it.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="NixException">The address cannot be listened at.</exception>
    public static async Task<CacheHost> StartAsync(
        CacheServer server,
        IPAddress address,
        int port,
        Action<string, int, Exception?> report,
        CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(address, port, static listener => listener.Protocols = HttpProtocols.Http1);
        });
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(static options => options.ShutdownTimeout = Patience);
        var application = builder.Build();
        application.Run(context => AnswerAsync(server, context, report));
        try
        {
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
            return new CacheHost(application);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw new NixException(
                NixErrorCodes.CannotListen,
                $"http://{new IPEndPoint(address, port)} cannot be listened at: {error.GetBaseException().Message.TrimEnd('.')}. Choose another port with --port, or 0 for one that is free.",
                error);
        }
    }

    /// <summary>Lets requests that are being answered finish, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task AnswerAsync(CacheServer server, HttpContext context, Action<string, int, Exception?> report)
    {
        var request = new CacheRequest
        {
            Method = context.Request.Method,
            Path = context.Request.Path.Value ?? "",
            Authorization = context.Request.Headers.Authorization,
            Range = context.Request.Headers.Range,
            ContentEncoding = context.Request.Headers.ContentEncoding,
            ContentLength = context.Request.ContentLength,
            Body = context.Request.Body,
        };
        var (line, status) = ($"{request.Method} {request.Path}", 0);
        try
        {
            var answer = await server.AnswerAsync(request, context.RequestAborted).ConfigureAwait(false);
            status = answer.Status;
            context.Response.StatusCode = answer.Status;
            context.Response.ContentType = answer.ContentType;
            context.Response.ContentLength = answer.ContentLength;
            foreach (var (name, value) in answer.Headers)
            {
                context.Response.Headers[name] = value;
            }

            if (answer.WriteBody is { } write)
            {
                await write(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
            }

            report(line, status, null);
        }
        catch (Exception error)
        {
            // An answer that breaks off must not look whole.
            report(line, status, context.RequestAborted.IsCancellationRequested ? null : error);
            context.Abort();
        }
    }
}
