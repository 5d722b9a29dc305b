using System.Diagnostics;
using System.Net.Sockets;

namespace NixSharp.Testing;

/// <summary>A real <c>nix-daemon</c> for a chroot store, at a socket of its own.</summary>
public sealed class NixDaemon : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _log;
    private bool _isDisposed;

    private NixDaemon(Process process, string socket, string store, string log)
    {
        _process = process;
        _log = log;
        Socket = socket;
        Store = store;
    }

    public string Socket { get; }

    /// <summary>The folder of the chroot store.</summary>
    public string Store { get; }

    /// <summary>The URI that opens the daemon's store, files included.</summary>
    public string Uri => $"unix://{Socket}?root={Store}";

    /// <summary>Starts the daemon of a release.</summary>
    /// <param name="release">The release.</param>
    /// <param name="store">The folder of the chroot store.</param>
    /// <param name="configuration">Lines of configuration after <see cref="RealNix.Configuration"/>.</param>
    public static async Task<NixDaemon> StartAsync(NixRelease release, string store, string configuration = "")
    {
        var (socket, log) = (store + ".socket", store + ".log");
        var start = new ProcessStartInfo("sh") { UseShellExecute = false };
        foreach (var argument in (string[])["-c", "exec \"$1\" --store \"$2\" >\"$3\" 2>&1 </dev/null", "sh", release.PathOf("nix-daemon"), store, log])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["NIX_DAEMON_SOCKET_PATH"] = socket;
        start.Environment["NIX_CONFIG"] = RealNix.Configuration + configuration;
        var server = new NixDaemon(Process.Start(start)!, socket, store, log);
        await server.WaitUntilReadyAsync();
        return server;
    }

    /// <summary>Ends the daemon at once.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (!_process.HasExited)
        {
            Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync()
    {
        for (var attempt = 0; attempt < 400 && !_process.HasExited; attempt++)
        {
            using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                // The daemon makes the store before it greets; two of its processes that do so at once disturb each other.
                await probe.ConnectAsync(new UnixDomainSocketEndPoint(Socket));
                probe.Shutdown(SocketShutdown.Send);
                await probe.ReceiveAsync(new byte[64]);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(25);
            }
        }

        await DisposeAsync();
        throw new InvalidOperationException($"nix-daemon did not start:\n{await File.ReadAllTextAsync(_log)}");
    }
}
