using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NixSharp.Csi.Grpc;
using NixSharp.Csi.Http2;

namespace NixSharp.Csi.Hosting;

/// <summary>The unix socket at which a driver is called.</summary>
internal static class GrpcSocket
{
    private const string Scheme = "unix:";
    private const int MaxPathBytes = 107;

    /// <summary>Reads an endpoint: <c>unix:///csi/csi.sock</c>, <c>unix:/csi/csi.sock</c> or the path itself.</summary>
    /// <exception cref="NixConfigurationException">It is no path of a socket.</exception>
    public static string ParseEndpoint(string endpoint)
    {
        var path = endpoint.StartsWith(Scheme, StringComparison.Ordinal) ? endpoint[Scheme.Length..] : endpoint;
        path = path.StartsWith("//", StringComparison.Ordinal) ? path[2..] : path;
        return path.StartsWith('/') && !path.EndsWith('/') && Encoding.UTF8.GetByteCount(path) <= MaxPathBytes
            ? path
            : throw new NixConfigurationException(
                NixErrorCodes.InvalidSetting,
                $"'{endpoint}' is no endpoint for the driver: it takes a socket's absolute path of up to {MaxPathBytes} bytes, as in unix:///csi/csi.sock.");
    }

    /// <summary>Starts to listen. What a process that is gone has left at the path is replaced.</summary>
    /// <exception cref="NixException">The path cannot be listened at.</exception>
    public static async Task<KestrelHost> ListenAsync(string path, GrpcAnswerer answerer, TimeSpan patience, CancellationToken cancellationToken)
    {
        await ReplaceAbandonedAsync(path, cancellationToken).ConfigureAwait(false);
        var host = await KestrelHost.StartAsync(
            path,
            kestrel => kestrel.ListenUnixSocket(path, static listener =>
            {
                listener.Protocols = HttpProtocols.Http2;
                listener.Use(static next => connection => AuthorityFilter.RunAsync(connection, next));
            }),
            answerer.AnswerAsync,
            patience,
            cancellationToken).ConfigureAwait(false);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return host;
    }

    private static async Task ReplaceAbandonedAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return;
        }

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
        }
        catch (SocketException)
        {
            // Something else lies there, which listening will complain of.
        }
    }
}
