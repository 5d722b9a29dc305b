using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace NixSharp.Csi.Hosting;

/// <summary>A web server at one address.</summary>
internal sealed class KestrelHost : IAsyncDisposable
{
    private readonly WebApplication _application;

    private KestrelHost(WebApplication application) => _application = application;

    /// <summary>Where it listens: the port is the real one, even where 0 was asked for.</summary>
    public string Address => _application.Urls.First();

    /// <summary>Starts to listen.</summary>
    /// <param name="address">The address, for messages.</param>
    /// <param name="listen">Chooses the address.</param>
    /// <param name="answer">Answers requests.</param>
    /// <param name="patience">How long requests may go on when the server stops.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="NixException">The address cannot be listened at.</exception>
    public static async Task<KestrelHost> StartAsync(
        string address,
        Action<KestrelServerOptions> listen,
        RequestDelegate answer,
        TimeSpan patience,
        CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // A caller that waits for a build sends nothing meanwhile.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            listen(kestrel);
        });
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(options => options.ShutdownTimeout = patience);
        var application = builder.Build();
        application.Run(answer);
        try
        {
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
            return new KestrelHost(application);
        }
        catch (Exception error) when (error is IOException or SocketException or UnauthorizedAccessException)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw new NixException(
                NixErrorCodes.CannotListen,
                $"{address} cannot be listened at: {error.GetBaseException().Message.TrimEnd('.')}. Choose another address, or stop who listens there.",
                error);
        }
    }

    /// <summary>Lets requests that are being answered finish, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }
}
