using System.Runtime.InteropServices;
using NixSharp.Native;

namespace NixSharp.Files;

/// <summary>Deletes a tree by descriptors, giving itself the right to write where its owner has taken it away.</summary>
/// <param name="rootPath">The tree.</param>
/// <param name="count">Whether the space that becomes free is counted, which takes a look at each file.</param>
internal sealed class LinuxTreeDeleter(string rootPath, bool count = false) : IDisposable
{
    private const uint Writable = 0x1c0;

    private static readonly byte[] Itself = [0];

    private readonly FolderWalk _walk = new(rootPath, sorted: false);
    private readonly Stack<FolderEntry> _entered = new();

    /// <summary>How many bytes of disk became free, if they are counted.</summary>
    public long BytesFreed { get; private set; }

    public void Delete(CancellationToken cancellationToken)
    {
        var path = FileNames.Terminate(rootPath);
        if (LibC.StatX(LibC.CurrentFolder, path, LibC.SymlinkNoFollow, LibC.StatusBasics, out var status) != 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            if (errno is Errno.NotFound or Errno.NotDirectory)
            {
                return;
            }

            throw FileErrors.Deleting(rootPath, errno);
        }

        Count(status);
        var isFolder = status.Type == EntryType.Directory;
        if (isFolder)
        {
            Enter(LibC.CurrentFolder, path);
            DeleteFolders(cancellationToken);
        }

        if (LibC.UnlinkAt(LibC.CurrentFolder, path, isFolder ? LibC.RemoveDirectory : 0) != 0)
        {
            ThrowUnlessGone(rootPath);
        }
    }

    public void Dispose() => _walk.Dispose();

    private void DeleteFolders(CancellationToken cancellationToken)
    {
        while (_walk.Depth > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_walk.TryNext(out var entry))
            {
                var type = entry.Type;
                if (count || type == EntryType.Unknown)
                {
                    var status = _walk.Status(entry);
                    type = status.Type;
                    Count(status);
                }

                if (type == EntryType.Directory)
                {
                    Enter(_walk.Folder, _walk.TerminatedName(entry));
                    _entered.Push(entry);
                }
                else
                {
                    Unlink(entry, 0);
                }
            }
            else
            {
                _walk.Leave();
                if (_entered.TryPop(out var left))
                {
                    Unlink(left, LibC.RemoveDirectory);
                }
            }
        }
    }

    private void Enter(int parent, ReadOnlySpan<byte> name)
    {
        var errno = _walk.TryEnter(name);
        if (errno == Errno.AccessDenied && LibC.ChangeModeAt(parent, name, Writable, LibC.SymlinkNoFollow) == 0)
        {
            errno = _walk.TryEnter(name);
        }

        if (errno != 0)
        {
            throw FileErrors.Deleting(_walk.Depth == 0 ? rootPath : _walk.Folders.Describe(name[..^1]), errno);
        }

        if (LibC.StatX(_walk.Folder, Itself, LibC.EmptyPath, LibC.StatusBasics, out var status) == 0 && status.IsMountRoot)
        {
            var mounted = _walk.Folders.Describe([]);
            throw new NixFileException(
                NixErrorCodes.StoreWriteFailed,
                $"{mounted} cannot be deleted, because a file system is mounted there. Unmount it first.",
                mounted);
        }
    }

    private void Unlink(in FolderEntry entry, int flags)
    {
        var name = _walk.TerminatedName(entry);
        if (LibC.UnlinkAt(_walk.Folder, name, flags) == 0)
        {
            return;
        }

        if (Marshal.GetLastPInvokeError() != Errno.AccessDenied ||
            LibC.ChangeMode(_walk.Folder, Writable) != 0 ||
            LibC.UnlinkAt(_walk.Folder, name, flags) != 0)
        {
            ThrowUnlessGone(_walk.Describe(entry));
        }
    }

    private void Count(in StatX status)
    {
        // A file that has another name goes with the last one.
        if (count && (status.Links == 1 || status.Type == EntryType.Directory))
        {
            BytesFreed += status.SizeOnDisk;
        }
    }

    private static void ThrowUnlessGone(string path)
    {
        var errno = Marshal.GetLastPInvokeError();
        if (errno != Errno.NotFound)
        {
            throw FileErrors.Deleting(path, errno);
        }
    }
}
