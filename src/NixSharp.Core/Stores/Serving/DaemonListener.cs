using System.Net.Sockets;
using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Stores.Serving;

/// <summary>
/// Takes connections at a unix socket, for <c>nix --store unix://PATH</c>, and serves each by a <see cref="DaemonServer"/>.
/// Root and the user that runs this are trusted; others may connect where the folder's mode lets them.
/// </summary>
public sealed class DaemonListener : IDisposable
{
    private const int MaxWaiting = 128;

    private readonly DaemonServer _server;
    private readonly Socket _socket;
    private readonly FileLock _lock;

    private DaemonListener(DaemonServer server, string path, Socket socket, FileLock @lock)
    {
        _server = server;
        Path = path;
        _socket = socket;
        _lock = @lock;
    }

    /// <summary>Where the socket is.</summary>
    public string Path { get; }

    /// <summary>Makes the socket, in the place of one that a process left which is gone. From here on clients can connect.</summary>
    /// <exception cref="NixStoreException">Another process listens there, or there can be no socket.</exception>
    public static DaemonListener Listen(DaemonServer server, string path)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            var held = FileLock.TryAcquire(path + ".lock", FileLockMode.Exclusive)
                ?? throw Unavailable(path, "another process listens there");
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                File.Delete(path);
                socket.Bind(new UnixDomainSocketEndPoint(path));
                if (!OperatingSystem.IsWindows())
                {
                    const UnixFileMode ReadWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
                    File.SetUnixFileMode(path, ReadWrite);
                }

                socket.Listen(MaxWaiting);
                return new DaemonListener(server, path, socket, held);
            }
            catch
            {
                socket.Dispose();
                held.DeleteAndDispose();
                throw;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SocketException or ArgumentException)
        {
            throw Unavailable(path, error.Message.TrimEnd('.'), error);
        }
    }

    /// <summary>
    /// Serves clients until <paramref name="stopping"/>: then takes no more, lets work that was begun end for as long as
    /// <see cref="DaemonServerOptions.StopTimeout"/>, and returns when all connections are closed.
    /// </summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var abort = new CancellationTokenSource();
        using var free = new SemaphoreSlim(_server.Options.MaxConnections);
        var clients = new HashSet<Task>();
        try
        {
            while (true)
            {
                await free.WaitAsync(stopping).ConfigureAwait(false);
                var client = await _socket.AcceptAsync(stopping).ConfigureAwait(false);
                var serving = Task.Run(() => ServeAsync(client, stopping, abort.Token), CancellationToken.None);
                lock (clients)
                {
                    clients.Add(serving);
                }

                _ = serving.ContinueWith(
                    task =>
                    {
                        lock (clients)
                        {
                            clients.Remove(task);
                            free.Release();
                        }
                    },
                    CancellationToken.None,
                    TaskContinuationOptions.None,
                    TaskScheduler.Default);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Asked to.
        }

        abort.CancelAfter(_server.Options.StopTimeout);
        while (true)
        {
            Task[] left;
            lock (clients)
            {
                left = [.. clients];
            }

            if (left.Length == 0)
            {
                return;
            }

            await Task.WhenAll(left).ConfigureAwait(false);
            await Task.Yield();
        }
    }

    /// <summary>Takes the socket away. Connections that are being served go on.</summary>
    public void Dispose()
    {
        _socket.Dispose();
        File.Delete(Path);
        _lock.DeleteAndDispose();
    }

    private async Task ServeAsync(Socket client, CancellationToken stopping, CancellationToken abort)
    {
        try
        {
            // Whoever waits for a word that never comes is woken by the end of the socket.
            using var socket = client;
            using var ending = abort.Register(client.Dispose);
            var stream = new NetworkStream(socket, ownsSocket: false);
            await using (stream.ConfigureAwait(false))
            {
                var user = PeerCredentials.FindUserId(client);
                var isTrusted = user is 0 || (user is not null && user == LibC.GetEffectiveUserId());
                await _server.ServeAsync(stream, stream, isTrusted, stopping, abort).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            if (!abort.IsCancellationRequested)
            {
                _server.Options.OnError?.Invoke(error);
            }
        }
    }

    private static NixStoreException Unavailable(string path, string why, Exception? error = null) => new(
        NixErrorCodes.SocketUnavailable,
        $"Nobody can be served at {path}: {why}. Stop the other process, or choose another place, of at most about 100 characters.",
        error);
}
