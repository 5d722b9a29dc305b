using System.Runtime.InteropServices;
using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Volumes.Mounting;

/// <summary>A place to mount at. Symlinks in the path to it are followed, one at its end is not.</summary>
/// <param name="Path">The full path as the kernel shows it.</param>
internal sealed record MountTarget(string Path)
{
    private const int DontSynchronise = 0x4000;
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);

    /// <summary>Finds out where <paramref name="path"/> is; nothing has to be there.</summary>
    /// <exception cref="VolumeException">Nothing can be mounted there.</exception>
    public static MountTarget Of(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path.Contains('\0', StringComparison.Ordinal) || !System.IO.Path.IsPathRooted(path))
        {
            throw MountErrors.Occupied(path.Replace("\0", "\\0", StringComparison.Ordinal), "it is no absolute path");
        }

        var full = FileTree.ToFullPath(path);
        var parent = System.IO.Path.GetDirectoryName(full) ?? throw MountErrors.Occupied(full, "it is the root of all files");
        return new MountTarget(Directory.Exists(parent) ? System.IO.Path.Combine(MountTable.Resolve(parent), System.IO.Path.GetFileName(full)) : full);
    }

    /// <summary>Checks that what is there, if anything, is a folder with nothing in it.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Check()
    {
        if (!FileTree.Exists(Path))
        {
            return false;
        }

        if (new FileInfo(Path).LinkTarget is not null || !Directory.Exists(Path))
        {
            throw MountErrors.Occupied(Path, "it is not a folder");
        }

        return Directory.EnumerateFileSystemEntries(Path).Any() ? throw MountErrors.Occupied(Path, "there are files in it, which would be hidden") : true;
    }

    /// <summary>Makes the folder, where there is none.</summary>
    public void Make()
    {
        try
        {
            Directory.CreateDirectory(Path);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw new VolumeException(NixErrorCodes.VolumeMountFailed, $"The folder {Path} to mount at could not be made: {FileErrors.Explain(error)} Check who owns it, and that it can be written.", Path, error);
        }
    }

    /// <summary>Why what is mounted there is of no use, as far as this machine knows; null where it is.</summary>
    public string? WhyDead() => Ask(DontSynchronise);

    /// <summary>Why a file system of others does not answer; null where it does. Asks it, but for no longer than a few seconds.</summary>
    public string? WhyUnanswered()
    {
        string? why = null;
        var asking = new Thread(() => why = Ask(0)) { IsBackground = true, Name = "asking a mount" };
        asking.Start();
        return asking.Join(AnswerTime) ? why : $"no answer within {AnswerTime.TotalSeconds:0} seconds";
    }

    /// <summary>Deletes the folder, unless there is something in it that is not ours.</summary>
    public void Remove()
    {
        if (!FileTree.Exists(Path))
        {
            return;
        }

        var removed = LibC.UnlinkAt(LibC.CurrentFolder, FileNames.Terminate(Path), LibC.RemoveDirectory);
        if (removed != 0 && Marshal.GetLastPInvokeError() is var errno && errno is not (Errno.NotFound or Errno.NotEmpty or Errno.NotDirectory))
        {
            throw FileErrors.Deleting(Path, errno);
        }
    }

    /// <summary>Unmounts the topmost mount with what is mounted in it.</summary>
    /// <param name="inner">What is mounted in it, the innermost last.</param>
    /// <param name="lazily">Whether those who use it may go on.</param>
    /// <returns>Whether it is unmounted; false while it is used.</returns>
    public bool TryUnmount(IEnumerable<string> inner, bool lazily)
    {
        if (lazily)
        {
            return TryUnmount(Path, LibC.UnmountDetach);
        }

        foreach (var point in inner.Reverse())
        {
            if (!TryUnmount(point, 0))
            {
                return false;
            }
        }

        return TryUnmount(Path, 0);
    }

    private string? Ask(int flags) =>
        LibC.StatX(LibC.CurrentFolder, FileNames.Terminate(Path), LibC.SymlinkNoFollow | flags, LibC.StatusBasics, out _) != 0
            && Marshal.GetLastPInvokeError() is var errno and (Errno.StaleHandle or Errno.NotConnected or Errno.InputOutput)
            ? FileErrors.Describe(errno)
            : null;

    private static bool TryUnmount(string point, int flags)
    {
        if (LibC.Unmount(FileNames.Terminate(point), flags | LibC.UnmountNoFollow) == 0)
        {
            return true;
        }

        // Invalid: another was faster, or what it was in is gone.
        return Marshal.GetLastPInvokeError() switch
        {
            Errno.Busy => false,
            Errno.InvalidArgument or Errno.NotFound => true,
            var errno => throw MountErrors.NotUnmounted(point, errno),
        };
    }
}
