using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using NixSharp.Integration.Tests.Registries;

namespace NixSharp.Integration.Tests.Caches;

/// <summary>A web server on loopback for a folder with a cache: files with entity tags, ranges and uploads. It answers well unless a test has it do otherwise.</summary>
internal sealed class FakeCache : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<FakeRequest> _requests = new();
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _folder;
    private readonly Task _serving;

    public FakeCache(string folder)
    {
        _folder = folder;
        _listener.Start();
        Host = $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _serving = ServeAsync();
    }

    public string Host { get; }

    public string Uri => $"http://{Host}";

    /// <summary>Answers in place of the server where it returns true.</summary>
    public Func<FakeExchange, bool> Intercept { get; set; } = static _ => false;

    /// <summary>Done when the server is about to close.</summary>
    public Task Closing => _closing.Task;

    public IReadOnlyCollection<FakeRequest> Requests => _requests;

    public int Count(string ending) => _requests.Count(request => request.Plain.EndsWith(ending, StringComparison.Ordinal));

    /// <summary>The file that a request is about.</summary>
    public string FileOf(FakeRequest request) => Path.Combine(_folder, System.Uri.UnescapeDataString(request.Plain).TrimStart('/'));

    /// <summary>Answers as a good server does.</summary>
    public bool Serve(FakeExchange exchange)
    {
        var file = FileOf(exchange.Request);
        if (exchange.Request.Method == "PUT")
        {
            var body = exchange.ReadBody();
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, body);
            return exchange.Answer(HttpStatusCode.Created);
        }

        if (!File.Exists(file))
        {
            return exchange.Answer(HttpStatusCode.NotFound);
        }

        var bytes = File.ReadAllBytes(file);
        var tag = TagOf(bytes);
        var offset = Offset(exchange.Request);
        return offset is { } from && (!exchange.Request.Headers.TryGetValue("If-Range", out var condition) || condition == tag)
            ? exchange.Answer(HttpStatusCode.PartialContent, bytes[from..], ("ETag", tag), ("Content-Range", $"bytes {from}-{bytes.Length - 1}/{bytes.Length}"))
            : exchange.Answer(HttpStatusCode.OK, bytes, ("ETag", tag));
    }

    /// <summary>Where a request wants to begin; null for the whole file.</summary>
    public static int? Offset(FakeRequest request) => request.Headers.TryGetValue("Range", out var range)
        ? int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture)
        : null;

    public static string TagOf(byte[] bytes) => $"\"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))[..16]}\"";

    public async ValueTask DisposeAsync()
    {
        _closing.SetResult();
        _listener.Stop();
        await _serving;
    }

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
