using System.Net.Sockets;
using System.Text;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Garbage;

/// <summary>Tells a collector that is at work which paths are to be kept.</summary>
internal static class RootClient
{
    /// <summary>Tells a collector; false where there is none any more, or it ends before it has heard of all.</summary>
    public static async Task<bool> TryKeepAsync(StoreLayout layout, IEnumerable<StorePath> paths, CancellationToken cancellationToken)
    {
        var folder = RootSocket.FolderOf(layout);
        if (OperatingSystem.IsWindows() || !Directory.Exists(folder))
        {
            return false;
        }

        using var socket = RootSocket.Create();
        try
        {
            // Connecting to a socket of this machine never waits.
            RootSocket.Use(folder, place =>
            {
                socket.Connect(new UnixDomainSocketEndPoint(Path.Combine(place, RootSocket.Name)));
                return socket;
            });
            var answer = new byte[1];
            foreach (var path in paths)
            {
                await socket.SendAsync(Encoding.UTF8.GetBytes($"{path}\n"), cancellationToken).ConfigureAwait(false);
                if (await socket.ReceiveAsync(answer, cancellationToken).ConfigureAwait(false) == 0 || answer[0] != RootSocket.Acknowledged)
                {
                    return false;
                }
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
