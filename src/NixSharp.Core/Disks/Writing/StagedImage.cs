using Microsoft.Win32.SafeHandles;
using NixSharp.Files;

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
    public static StagedImage Create(string target)
    {
        var full = FileTree.ToFullPath(target);
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
