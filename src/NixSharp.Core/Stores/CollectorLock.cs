using System.Net.Sockets;
using NixSharp.Files;

namespace NixSharp.Stores;

/// <summary>
/// Nix's lock for deleting from a store. Meanwhile another Nix tells its temporary roots at a socket, and waits for
/// this lock as long as connections there are refused; so the socket is bound and nobody listens.
/// </summary>
internal sealed class CollectorLock : IDisposable
{
    private readonly FileLock _lock;
    private readonly Socket? _socket;
    private readonly string _file;

    private CollectorLock(FileLock @lock, Socket? socket, string file)
    {
        _lock = @lock;
        _socket = socket;
        _file = file;
    }

    public static async Task<CollectorLock> AcquireAsync(StoreLayout layout, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(layout.State, "gc-socket");
        var file = Path.Combine(folder, "socket");
        var held = await FileLock.AcquireAsync(layout.GcLock, FileLockMode.Exclusive, cancellationToken: cancellationToken).ConfigureAwait(false);
        try
        {
            if (OperatingSystem.IsWindows())
            {
                return new CollectorLock(held, null, file);
            }

            Directory.CreateDirectory(folder);
            File.Delete(file);
            Socket? socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                socket.Bind(new UnixDomainSocketEndPoint(file));
            }
            catch (Exception error) when (error is ArgumentException or SocketException)
            {
                // The path is longer than a socket's may be: no Nix can use it there either.
                socket.Dispose();
                socket = null;
            }

            return new CollectorLock(held, socket, file);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        try
        {
            _socket?.Dispose();
            File.Delete(_file);
        }
        finally
        {
            _lock.Dispose();
        }
    }
}
