using System.Runtime.InteropServices;
using NixSharp.Native;

namespace NixSharp.Files;

public static partial class FileTree
{
    private const int WriteAccess = 2;
    private const int ReadAccess = 4;

    /// <summary>Whether there is anything at <paramref name="path"/>; a symlink counts, wherever it leads.</summary>
    internal static bool Exists(string path) => Path.Exists(path) || new FileInfo(path).LinkTarget is not null;

    /// <summary>Whether this user may read and write a file, on Linux.</summary>
    internal static bool CanReadAndWrite(string path) =>
        LibC.IsAvailable && LibC.AccessAt(LibC.CurrentFolder, FileNames.Terminate(path), ReadAccess | WriteAccess, 0) == 0;

    /// <summary>Whether this user may make files in the folder at <paramref name="path"/>.</summary>
    internal static bool CanWriteIn(string path)
    {
        if (!Directory.Exists(path))
        {
            return false;
        }

        if (LibC.IsAvailable)
        {
            return LibC.AccessAt(LibC.CurrentFolder, FileNames.Terminate(ToFullPath(path)), WriteAccess, 0) == 0;
        }

        var probe = Path.Combine(path, $".tmp-{Guid.NewGuid():N}");
        try
        {
            using var file = new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            return true;
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            return false;
        }
    }

    /// <summary>Moves a tree within a file system to where nothing is yet, and makes its new name last.</summary>
    internal static void Move(string source, string target)
    {
        Rename(source, target);
        AtomicFile.SyncFolder(Path.GetDirectoryName(target)!);
    }

    /// <summary>Moves as <see cref="Move"/> does, but for the folder, which is the caller's to sync.</summary>
    internal static void Rename(string source, string target)
    {
        if (LibC.IsAvailable)
        {
            var (from, to) = (FileNames.Terminate(source), FileNames.Terminate(target));
            var moved = LibC.RenameAt(LibC.CurrentFolder, from, LibC.CurrentFolder, to, LibC.RenameNoReplace);
            if (moved != 0 && Marshal.GetLastPInvokeError() is Errno.InvalidArgument or Errno.NotImplemented && !Exists(target))
            {
                // Not every file system can refuse to replace.
                moved = LibC.RenameAt(LibC.CurrentFolder, from, LibC.CurrentFolder, to, 0);
            }

            if (moved != 0)
            {
                throw FileErrors.Writing(target, Marshal.GetLastPInvokeError());
            }
        }
        else
        {
            try
            {
                if (Directory.Exists(source) && new FileInfo(source).LinkTarget is null)
                {
                    Directory.Move(source, target);
                }
                else
                {
                    File.Move(source, target);
                }
            }
            catch (Exception error) when (FileErrors.IsFromSystem(error))
            {
                throw FileErrors.Writing(target, error);
            }
        }
    }

    /// <summary>
    /// Moves a tree within a file system to where something may be, which then is where the tree was. On Linux the one or
    /// the other is there at any moment. The folder is the caller's to sync.
    /// </summary>
    internal static void Exchange(string source, string target)
    {
        if (Exists(target))
        {
            var (from, to) = (FileNames.Terminate(source), FileNames.Terminate(target));
            if (LibC.IsAvailable && LibC.RenameAt(LibC.CurrentFolder, from, LibC.CurrentFolder, to, LibC.RenameExchange) == 0)
            {
                return;
            }

            // Not every file system can exchange.
            Delete(target);
        }

        Rename(source, target);
    }

    /// <summary>Waits until everything on the file system that <paramref name="path"/> is on has reached the disk, where the system can.</summary>
    internal static void Sync(string path)
    {
        if (!LibC.IsAvailable)
        {
            return;
        }

        var folder = Path.GetDirectoryName(ToFullPath(path))!;
        var number = LibC.OpenAt(LibC.CurrentFolder, FileNames.Terminate(folder), LibC.ReadOnly | LibC.Directory | LibC.CloseOnExec, 0);
        if (number < 0)
        {
            throw FileErrors.Writing(folder, Marshal.GetLastPInvokeError());
        }

        using var descriptor = new FileDescriptor(number);
        if (LibC.SyncFileSystem(number) != 0)
        {
            throw FileErrors.Writing(folder, Marshal.GetLastPInvokeError());
        }
    }
}
