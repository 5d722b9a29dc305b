using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Stores.Caches;

/// <summary>Reaches a cache's files by descriptors, so that nobody can put a symlink into the way meanwhile.</summary>
internal sealed class LinuxCacheFolder(string root) : CacheFolder(root)
{
    private const uint FileMode = 0x1a4;
    private const uint FolderMode = 0x1ff;
    private const int BufferSize = 16 * 1024;

    private static readonly byte[] Itself = [0];

    private readonly Lock _gate = new();
    private FileDescriptor? _folder;
    private FileDescriptor? _staging;

    public override FileStream? Open(string name)
    {
        var number = At(name, static (folder, file) => LibC.OpenAt(folder, file, LibC.ReadOnly | LibC.NoFollow | LibC.NonBlocking | LibC.CloseOnExec, 0));
        if (number is not { } open)
        {
            return null;
        }

        var handle = new SafeFileHandle(open, ownsHandle: true);
        try
        {
            return LibC.StatX(open, Itself, LibC.EmptyPath, LibC.StatusBasics, out var status) != 0 ? throw FileErrors.Reading(Path.Combine(Root, name), Marshal.GetLastPInvokeError())
                : status.Type != EntryType.File ? throw NotPlain(name)
                : new FileStream(handle, FileAccess.Read, bufferSize: 0);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public override long? SizeOf(string name)
    {
        var status = default(StatX);
        var found = At(name, (folder, file) => LibC.StatX(folder, file, LibC.SymlinkNoFollow, LibC.StatusBasics, out status));
        return found is null ? null : status.Type == EntryType.File ? status.Size : throw NotPlain(name);
    }

    public override void Place(string staged, string name)
    {
        var (folder, file) = Split(name);
        using var target = folder.Length == 0 ? null : OpenFolder(folder, create: true);
        if (LibC.RenameAt(_staging!.Number, FileNames.Terminate(staged), target?.Number ?? _folder!.Number, FileNames.Terminate(file), 0) != 0)
        {
            throw FileErrors.Writing(Path.Combine(Root, name), Marshal.GetLastPInvokeError());
        }
    }

    public override void Discard(string staged) => _ = LibC.UnlinkAt(_staging!.Number, FileNames.Terminate(staged), 0);

    public override void Dispose()
    {
        _staging?.Dispose();
        _folder?.Dispose();
    }

    protected override FileStream Create(string staged)
    {
        lock (_gate)
        {
            _ = OpenRoot();
            _staging ??= OpenFolder(Staging, create: true)!;
        }

        var number = LibC.OpenAt(_staging.Number, FileNames.Terminate(staged), LibC.WriteOnly | LibC.Create | LibC.Exclusive | LibC.NoFollow | LibC.CloseOnExec, FileMode);
        return number >= 0
            ? new FileStream(new SafeFileHandle(number, ownsHandle: true), FileAccess.Write, BufferSize)
            : throw FileErrors.Writing(Path.Combine(Root, Staging), Marshal.GetLastPInvokeError());
    }

    /// <summary>Does something with the folder of a file and the file's name in it; null where either is missing.</summary>
    private int? At(string name, Func<int, byte[], int> action)
    {
        var (folder, file) = Split(name);
        if (OpenRoot() is not { } top)
        {
            return null;
        }

        using var inner = folder.Length == 0 ? null : OpenFolder(folder, create: false);
        if (folder.Length > 0 && inner is null)
        {
            return null;
        }

        var result = action(inner?.Number ?? top.Number, FileNames.Terminate(file));
        return result >= 0 ? result : Marshal.GetLastPInvokeError() switch
        {
            Errno.NotFound or Errno.NameTooLong => null,
            Errno.Loop or Errno.NoDevice => throw NotPlain(name),
            var errno => throw FileErrors.Reading(Path.Combine(Root, name), errno),
        };
    }

    private FileDescriptor? OpenRoot()
    {
        lock (_gate)
        {
            if (_folder is null)
            {
                var number = LibC.OpenAt(LibC.CurrentFolder, FileNames.Terminate(Root), LibC.ReadOnly | LibC.Directory | LibC.CloseOnExec, 0);
                _folder = number >= 0 ? new FileDescriptor(number)
                    : Marshal.GetLastPInvokeError() is var errno && errno == Errno.NotFound ? null
                    : throw FileErrors.Reading(Root, errno);
            }

            return _folder;
        }
    }

    private FileDescriptor? OpenFolder(string path, bool create)
    {
        FileDescriptor? folder = null;
        foreach (var part in path.Split('/'))
        {
            using var parent = folder;
            var (number, name) = (parent?.Number ?? _folder!.Number, FileNames.Terminate(part));
            var opened = OpenIn(number, name);
            if (opened < 0 && create && Marshal.GetLastPInvokeError() == Errno.NotFound)
            {
                _ = LibC.MakeDirectoryAt(number, name, FolderMode);
                opened = OpenIn(number, name);
            }

            if (opened < 0)
            {
                return Marshal.GetLastPInvokeError() switch
                {
                    Errno.NotFound or Errno.NameTooLong when !create => null,
                    Errno.Loop or Errno.NotDirectory => throw NotPlain(path),
                    var errno when create => throw FileErrors.Writing(Path.Combine(Root, path), errno),
                    var errno => throw FileErrors.Reading(Path.Combine(Root, path), errno),
                };
            }

            folder = new FileDescriptor(opened);
        }

        return folder;
    }

    private static int OpenIn(int folder, byte[] name) =>
        LibC.OpenAt(folder, name, LibC.ReadOnly | LibC.Directory | LibC.NoFollow | LibC.CloseOnExec, 0);
}
