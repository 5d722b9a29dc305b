using System.Runtime.InteropServices;
using System.Text;

namespace NixSharp.Csi.Publishing;

/// <summary>The space of a file system, and its inodes.</summary>
internal static partial class FileSystemSpace
{
    /// <summary>Asks for the space of the file system that is mounted at a path.</summary>
    /// <returns>Whether there is an answer.</returns>
    public static bool TryRead(string path, out SpaceUsage bytes, out SpaceUsage inodes)
    {
        (bytes, inodes) = (default, default);
        Span<long> status = stackalloc long[Fields];
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess || StatVfs([.. Encoding.UTF8.GetBytes(path), 0], status) != 0)
        {
            return false;
        }

        var (fragment, blocks, free, available) = (status[1], status[2], status[3], status[4]);
        var (files, freeFiles, availableFiles) = (status[5], status[6], status[7]);
        bytes = new SpaceUsage((blocks - free) * fragment, blocks * fragment, available * fragment);
        inodes = new SpaceUsage(files - freeFiles, files, availableFiles);
        return true;
    }

    // struct statvfs begins with bsize, frsize, blocks, bfree, bavail, files, ffree, favail, all of 64 bits here.
    private const int Fields = 32;

    [LibraryImport("libc", EntryPoint = "statvfs", SetLastError = true)]
    private static partial int StatVfs(ReadOnlySpan<byte> path, Span<long> status);
}
