using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace NixSharp.Benchmarks;

/// <summary>A way to a server on loopback that is as long as one across a country: what goes back arrives later, but no slower.</summary>
internal sealed class SlowProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _port;
    private readonly TimeSpan _delay;

    public SlowProxy(int port, TimeSpan delay)
    {
        (_port, _delay) = (port, delay);
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary><c>127.0.0.1:PORT</c>.</summary>
    public string Host => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The benchmark is over.
            return;
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient { NoDelay = true })
        {
            try
            {
                client.NoDelay = true;
                await server.ConnectAsync(IPAddress.Loopback, _port);
                await Task.WhenAny(client.GetStream().CopyToAsync(server.GetStream()), DelayAsync(server.GetStream(), client.GetStream()));
            }
            catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
            {
                // Either side has gone away, as they do in the end.
                return;
            }
        }
    }

    private async Task DelayAsync(NetworkStream from, NetworkStream to)
    {
        var pieces = Channel.CreateUnbounded<(DateTime Due, byte[] Bytes)>();
        var writing = WriteAsync();
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer) is > 0 and var read)
        {
            pieces.Writer.TryWrite((DateTime.UtcNow + _delay, buffer[..read]));
        }

        pieces.Writer.Complete();
        await writing;

        async Task WriteAsync()
        {
            await foreach (var (due, bytes) in pieces.Reader.ReadAllAsync())
            {
                if (due - DateTime.UtcNow is { Ticks: > 0 } left)
                {
                    await Task.Delay(left);
                }

                await to.WriteAsync(bytes);
            }
        }
    }
}
