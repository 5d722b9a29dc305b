using System.Net.Sockets;

namespace NixSharp.Stores.Protocol;

/// <summary>A connection to a daemon's socket on this machine.</summary>
internal sealed class UnixChannel : DaemonChannel
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);
    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    private UnixChannel(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: false);
    }

    public override Stream Input => _stream;

    public override Stream Output => _stream;

    public override bool IsQuiet
    {
        get
        {
            try
            {
                return !_socket.Poll(0, SelectMode.SelectRead);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    /// <summary>Connects to a socket.</summary>
    /// <exception cref="NixStoreException">Nobody listens there.</exception>
    public static async Task<UnixChannel> ConnectAsync(string path, string store, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return new UnixChannel(socket);
        }
        catch (Exception error)
        {
            socket.Dispose();
            throw error is SocketException or ArgumentException ? Unreachable(path, store, error) : error;
        }
    }

    public override void Abort() => _socket.Dispose();

    /// <summary>Says that no more requests come and waits until the daemon has gone, and with it the paths that it kept for this connection.</summary>
    public override async ValueTask DisposeAsync()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
            using var limit = new CancellationTokenSource(Farewell);
            var rest = new byte[256];
            while (await _socket.ReceiveAsync(rest, limit.Token).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // It is gone already, or takes its time: it is left alone either way.
        }
        finally
        {
            _socket.Dispose();
            await _stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static NixStoreException Unreachable(string path, string store, Exception error) => new(
        NixErrorCodes.DaemonUnreachable,
        $"The daemon of the store {store} cannot be reached at {path}: " + ((error as SocketException)?.SocketErrorCode switch
        {
            null => "the path is longer than a socket's may be. Use a shorter one.",
            SocketError.AddressNotAvailable => "there is no such socket. Start the daemon, or name another socket with unix:///PATH.",
            SocketError.ConnectionRefused => "nobody listens there. Start the daemon, or name another socket with unix:///PATH.",
            SocketError.AccessDenied => "this user may not. Ask the owner of the socket, or use another store.",
            _ => $"{error.Message.TrimEnd('.')}. Check that it is the socket of a running daemon.",
        }),
        error);
}
