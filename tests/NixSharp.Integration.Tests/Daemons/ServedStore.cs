using NixSharp.Stores;
using NixSharp.Stores.Serving;
using NixSharp.Testing;

namespace NixSharp.Integration.Tests.Daemons;

/// <summary>A store that is served at a socket, to clients that read its files at their place.</summary>
internal sealed class ServedStore : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly DaemonListener _listener;
    private readonly Task _running;

    public ServedStore(string folder, string socket, params INixStore[] substituters)
    {
        Folder = folder;
        Socket = socket;
        var server = new DaemonServer(token => NixStore.OpenAsync(folder, new StoreOptions { SyncBeforeRegistering = false }, token), new DaemonServerOptions { OnError = Errors.Add, Substituters = substituters });
        _listener = DaemonListener.Listen(server, socket);
        _running = _listener.RunAsync(_stop.Token);
    }

    /// <summary>Where the store is.</summary>
    public string Folder { get; }

    /// <summary>Where the socket is.</summary>
    public string Socket { get; }

    /// <summary>The store's URI for Nix. A client on the same machine reads files by itself, so it is told where they are.</summary>
    public string Uri => $"unix://{Socket}?root={Folder}";

    /// <summary>What went wrong on connections.</summary>
    public List<Exception> Errors { get; } = [];

    public Task<string> RunAsync(NixRelease nix, string program, params string[] arguments) => RealNix.RunAsync(nix, Uri, program, arguments);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _listener.Dispose();
        _stop.Dispose();
    }
}
