using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace NixSharp.Testing;

/// <summary>BusyBox's web server on loopback, which shows the files of a folder.</summary>
public sealed class StaticWebServer : IAsyncDisposable
{
    private readonly Process _process;

    private StaticWebServer(Process process, string uri)
    {
        _process = process;
        Uri = uri;
    }

    /// <summary><c>http://127.0.0.1:PORT</c>.</summary>
    public string Uri { get; }

    /// <summary>Starts a server for a folder.</summary>
    public static async Task<StaticWebServer> StartAsync(string folder)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        listener.Stop();
        var server = new StaticWebServer(Process.Start("busybox", ["httpd", "-f", "-p", address, "-h", folder]), $"http://{address}");
        using var client = new HttpClient();
        for (var attempt = 0; attempt < 200 && !server._process.HasExited; attempt++)
        {
            try
            {
                using var response = await client.GetAsync(new Uri(server.Uri));
                return server;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50);
            }
        }

        await server.DisposeAsync();
        throw new InvalidOperationException("busybox httpd did not start.");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
