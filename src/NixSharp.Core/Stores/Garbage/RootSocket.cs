using System.Net.Sockets;
using System.Runtime.InteropServices;
using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Stores.Garbage;

/// <summary>The socket at which a collector hears of paths that are to be kept, <c>gc-socket/socket</c> in a store's state.</summary>
internal static class RootSocket
{
    public const string Name = "socket";

    /// <summary>The answer to a path that will be kept.</summary>
    public const byte Acknowledged = (byte)'1';

    public static string FolderOf(StoreLayout layout) => Path.Combine(layout.State, "gc-socket");

    /// <summary>
    /// Uses a socket in a folder, whose path may be longer than that of a socket can be: Linux finds the folder by its
    /// descriptor.
    /// </summary>
    public static T Use<T>(string folder, Func<string, T> action)
    {
        if (!LibC.IsAvailable)
        {
            return action(folder);
        }

        var number = LibC.OpenAt(LibC.CurrentFolder, FileNames.Terminate(folder), LibC.ReadOnly | LibC.Directory | LibC.CloseOnExec, 0);
        if (number < 0)
        {
            throw FileErrors.Reading(folder, Marshal.GetLastPInvokeError());
        }

        using var descriptor = new FileDescriptor(number);
        return action($"/proc/self/fd/{number}");
    }

    public static Socket Create() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}
