using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace NixSharp.Integration.Tests.Registries;

/// <summary>A web server on loopback for what real ones cannot be made to do. It answers well unless a test has it do otherwise.</summary>
internal abstract class FakeServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<FakeRequest> _requests = new();
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _serving;

    protected FakeServer()
    {
        _listener.Start();
        Host = $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _serving = ServeAsync();
    }

    public string Host { get; }

    /// <summary>Answers in place of the server where it returns true.</summary>
    public Func<FakeExchange, bool> Intercept { get; set; } = static _ => false;

    /// <summary>Done when the server is about to close.</summary>
    public Task Closing => _closing.Task;

    public IReadOnlyCollection<FakeRequest> Requests => _requests;

    public async ValueTask DisposeAsync()
    {
        _closing.SetResult();
        _listener.Stop();
        await _serving;
    }

    /// <summary>Answers as a good server does.</summary>
    protected abstract bool Serve(FakeExchange exchange);

    private async Task ServeAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                open.Add(Task.Run(() => Handle(client)));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(open);
        }
    }

    private void Handle(TcpClient client)
    {
        using (client)
        {
            try
            {
                using var exchange = new FakeExchange(client);
                _requests.Enqueue(exchange.Request);
                _ = Intercept(exchange) || Serve(exchange);
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException or SocketException)
            {
                // The client went away, as some tests have it do.
                return;
            }
        }
    }
}
