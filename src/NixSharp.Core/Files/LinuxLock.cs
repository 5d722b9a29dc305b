using System.Runtime.InteropServices;
using NixSharp.Native;

namespace NixSharp.Files;

/// <summary><c>flock</c> on a file that others may delete or make at any moment.</summary>
internal static class LinuxLock
{
    private const uint OwnerOnly = 0x180;
    private const int MaxSize = 64 * 1024 * 1024;

    private static readonly byte[] Itself = [0];

    public static FileDescriptor? TryTake(string path, FileLockMode mode)
    {
        var operation = LibC.LockNonBlocking | (mode == FileLockMode.Exclusive ? LibC.LockExclusive : LibC.LockShared);
        while (true)
        {
            var file = Open(path);
            if (LibC.Lock(file.Number, operation) != 0)
            {
                var errno = Marshal.GetLastPInvokeError();
                file.Dispose();
                return errno == Errno.WouldBlock ? null : throw FileErrors.Writing(path, errno);
            }

            if (!IsDeleted(path, file))
            {
                return file;
            }

            file.Dispose();
        }
    }

    public static void Delete(string path, FileDescriptor file)
    {
        if (LibC.UnlinkAt(LibC.CurrentFolder, FileNames.Terminate(path), 0) != 0 &&
            Marshal.GetLastPInvokeError() is var errno && errno != Errno.NotFound)
        {
            throw FileErrors.Deleting(path, errno);
        }

        // Nix takes a lock file that is not empty for one that was deleted. A full disk has no room for the mark; what
        // was done under the lock has succeeded all the same.
        _ = LibC.Write(file.Number, "d"u8, 1);
    }

    public static void Append(string path, FileDescriptor file, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var written = LibC.Write(file.Number, bytes, bytes.Length);
            if (written >= 0)
            {
                bytes = bytes[(int)written..];
            }
            else if (Marshal.GetLastPInvokeError() is var errno && errno != Errno.Interrupted)
            {
                throw FileErrors.Writing(path, errno);
            }
        }
    }

    /// <summary>Reads a file without the lock that <see cref="FileStream"/> would want.</summary>
    public static byte[] Read(string path)
    {
        var number = LibC.OpenAt(LibC.CurrentFolder, FileNames.Terminate(path), LibC.ReadOnly | LibC.CloseOnExec, 0);
        if (number < 0)
        {
            return Marshal.GetLastPInvokeError() is Errno.NotFound ? [] : throw FileErrors.Reading(path, Marshal.GetLastPInvokeError());
        }

        using var file = new FileDescriptor(number);
        using var contents = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var count = LibC.Read(number, buffer, buffer.Length);
            if (count == 0 || contents.Length > MaxSize)
            {
                return contents.ToArray();
            }

            if (count > 0)
            {
                contents.Write(buffer, 0, (int)count);
            }
            else if (Marshal.GetLastPInvokeError() is var errno && errno != Errno.Interrupted)
            {
                throw FileErrors.Reading(path, errno);
            }
        }
    }

    private static FileDescriptor Open(string path)
    {
        var number = LibC.OpenAt(
            LibC.CurrentFolder,
            FileNames.Terminate(path),
            LibC.ReadWrite | LibC.Create | LibC.CloseOnExec,
            OwnerOnly);
        return number >= 0 ? new FileDescriptor(number) : throw FileErrors.Writing(path, Marshal.GetLastPInvokeError());
    }

    private static bool IsDeleted(string path, FileDescriptor file) =>
        LibC.StatX(file.Number, Itself, LibC.EmptyPath, LibC.StatusBasics, out var status) == 0
            ? status.Links == 0
            : throw FileErrors.Reading(path, Marshal.GetLastPInvokeError());
}
