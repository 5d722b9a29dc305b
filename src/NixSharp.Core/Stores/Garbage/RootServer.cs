using System.Net.Sockets;
using System.Text;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Garbage;

/// <summary>
/// Listens at a <see cref="RootSocket"/> while a collector is at work: each line that arrives is a path, and is answered once
/// it is kept.
/// </summary>
internal sealed class RootServer : IDisposable
{
    private const int MaxLine = 8 * 1024;

    private readonly StoreDirectory _directory;
    private readonly Action<StorePath> _keep;
    private readonly Socket _listener;
    private readonly List<Socket> _clients = [];
    private readonly List<Thread> _threads = [];
    private bool _isClosed;

    private RootServer(Socket listener, StoreDirectory directory, Action<StorePath> keep)
    {
        _listener = listener;
        _directory = directory;
        _keep = keep;
        Start(Accept);
    }

    /// <summary>Starts to listen; null where the system has no such sockets. The caller has the collector's lock.</summary>
    public static RootServer? TryStart(StoreLayout layout, Action<StorePath> keep)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        var folder = RootSocket.FolderOf(layout);
        Directory.CreateDirectory(folder);
        var socket = RootSocket.Create();
        try
        {
            var temporary = $".tmp-{Guid.NewGuid():N}";
            RootSocket.Use(folder, place =>
            {
                socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(place, temporary)));
                return socket;
            });
            socket.Listen();

            // There is a socket at any moment: Nix takes one that is missing for an error, one that is left over for a reason to try again.
            var file = Path.Combine(folder, RootSocket.Name);
            File.SetUnixFileMode(Path.Combine(folder, temporary), (UnixFileMode)0x1b6);
            File.Move(Path.Combine(folder, temporary), file, overwrite: true);
            return new RootServer(socket, layout.Directory, keep);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        List<Thread> threads;
        lock (_clients)
        {
            _isClosed = true;
            _listener.Dispose();
            _clients.ForEach(static client => client.Dispose());
            threads = [.. _threads];
        }

        threads.ForEach(static thread => thread.Join());
    }

    private void Start(ThreadStart run)
    {
        lock (_clients)
        {
            if (_isClosed)
            {
                return;
            }

            var thread = new Thread(run) { IsBackground = true, Name = "temporary roots" };
            _threads.Add(thread);
            thread.Start();
        }
    }

    private void Accept()
    {
        while (true)
        {
            try
            {
                var client = _listener.Accept();
                lock (_clients)
                {
                    if (_isClosed)
                    {
                        client.Dispose();
                        return;
                    }

                    _clients.Add(client);
                }

                Start(() => Serve(client));
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                if (Volatile.Read(ref _isClosed) || error is ObjectDisposedException)
                {
                    return;
                }
            }
        }
    }

    private void Serve(Socket client)
    {
        try
        {
            var line = new byte[MaxLine];
            var count = 0;
            while (client.Receive(line.AsSpan(count)) is var received and > 0)
            {
                count += received;
                while (line.AsSpan(0, count).IndexOf((byte)'\n') is var end and >= 0)
                {
                    if (StorePath.TryParse(Encoding.UTF8.GetString(line, 0, end), _directory, out var path))
                    {
                        _keep(path);
                    }

                    client.Send([RootSocket.Acknowledged]);
                    line.AsSpan(end + 1, count - end - 1).CopyTo(line);
                    count -= end + 1;
                }

                if (count == line.Length)
                {
                    return;
                }
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The other side is gone, or this collection is over and the other side tries again.
        }
        finally
        {
            lock (_clients)
            {
                _clients.Remove(client);
                client.Dispose();
            }
        }
    }
}
