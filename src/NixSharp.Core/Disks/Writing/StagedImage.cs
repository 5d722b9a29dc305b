using Microsoft.Win32.SafeHandles;
using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Disks.Writing;

/// <summary>A file that takes its place once it is whole, and is deleted where it never is.</summary>
internal sealed class StagedImage : IDisposable
{
    private readonly string _target;
    private readonly string _temporary;

    private StagedImage(string target, string temporary, SafeFileHandle handle)
    {
        _target = target;
        _temporary = temporary;
        Handle = handle;
    }

    public SafeFileHandle Handle { get; }

    /// <exception cref="NixFileException">No file can be made there.</exception>
    /// <exception cref="DiskException">There is something else than a file.</exception>
    public static StagedImage Create(string target)
    {
        var full = FileTree.ToFullPath(target);
        CheckPlace(full);
        var temporary = Path.Combine(Path.GetDirectoryName(full)!, $".tmp-{Guid.NewGuid():N}");
        try
        {
            return new StagedImage(full, temporary, File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.ReadWrite));
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Writing(target, error);
        }
    }

    /// <summary>A slip in the name of a device must not make a file of it, nor put a file in the place of one.</summary>
    private static void CheckPlace(string target)
    {
        if (Path.GetDirectoryName(target) is not ("/dev" or "/dev/disk" or "/dev/mapper") && !IsSpecial(target))
        {
            return;
        }

        throw new DiskException(NixErrorCodes.DiskWriteFailed, $"{target} is not written: it is neither a file nor a disk. Check the name; 'lsblk' lists the disks.");
    }

    private static bool IsSpecial(string path) =>
        LibC.IsAvailable && LibC.StatX(LibC.CurrentFolder, FileNames.Terminate(path), 0, LibC.StatusBasics, out var status) == 0 && status.Type != EntryType.File;

    /// <summary>Gives the file its size and its name, after all of it is on the disk.</summary>
    public void Publish(long size)
    {
        RandomAccess.SetLength(Handle, size);
        RandomAccess.FlushToDisk(Handle);
        Handle.Dispose();
        File.Move(_temporary, _target, overwrite: true);
        AtomicFile.SyncFolder(Path.GetDirectoryName(_target)!);
    }

    public void Dispose()
    {
        Handle.Dispose();
        if (File.Exists(_temporary))
        {
            File.Delete(_temporary);
        }
    }
}
