using System.Net.Sockets;

namespace NixSharp.Core.Tests.Stores.Protocol;

/// <summary>A daemon at a socket that does what a test says, once for each connection.</summary>
internal sealed class FakeDaemon : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<FakeConnection, Task> _serve;
    private readonly Task _accepting;
    private int _connections;

    public FakeDaemon(string socket, Func<FakeConnection, Task> serve)
    {
        Socket = socket;
        _serve = serve;
        _listener.Bind(new UnixDomainSocketEndPoint(socket));
        _listener.Listen();
        _accepting = Task.Run(AcceptAsync);
    }

    public string Socket { get; }

    /// <summary>How many connections there have been.</summary>
    public int Connections => _connections;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                serving.Add(Task.Run(() => ServeAsync(socket)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        using var connection = new FakeConnection(stream, _connections, _stop.Token);
        try
        {
            await _serve(connection);

            // A socket that is closed with bytes unread takes back what it has said.
            socket.Shutdown(SocketShutdown.Send);
            var rest = new byte[4096];
            while (await socket.ReceiveAsync(rest, _stop.Token) > 0)
            {
            }
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
        {
            // The client has had enough.
        }
    }
}
