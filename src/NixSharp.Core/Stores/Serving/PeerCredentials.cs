using System.Buffers.Binary;
using System.Net.Sockets;

namespace NixSharp.Stores.Serving;

/// <summary>Who is at the other end of a unix socket, as the kernel says.</summary>
internal static class PeerCredentials
{
    private const int SocketLevel = 1;
    private const int PeerCredential = 17;

    /// <summary>The user id of the process that connected; null where the system does not tell.</summary>
    public static uint? FindUserId(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        // Process, user and group, of 4 bytes each.
        Span<byte> credentials = stackalloc byte[12];
        try
        {
            return socket.GetRawSocketOption(SocketLevel, PeerCredential, credentials) == credentials.Length
                ? (BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]) : BinaryPrimitives.ReadUInt32BigEndian(credentials[4..]))
                : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
