using System.Runtime.InteropServices;
using NixSharp.Native;

namespace NixSharp.Files;

/// <summary>
/// Gives a tree that a stranger made the modes and times of a store: files 0444 or 0555, folders 0555, one second after
/// the epoch. Nobody may write to the tree meanwhile.
/// </summary>
internal sealed class LinuxTreeCanonicaliser(string rootPath) : IDisposable
{
    private readonly FolderWalk _walk = new(rootPath, sorted: false);
    private readonly byte[] _rootName = FileNames.Terminate(rootPath);

    /// <summary>Gives the file or folder at a path, which is canonical inside, the mode of a store again.</summary>
    public static void Seal(string path)
    {
        var name = FileNames.Terminate(path);
        if (LibC.ChangeModeAt(LibC.CurrentFolder, name, CanonicalModes.Executable, 0) != 0 ||
            LibC.SetTimesAt(LibC.CurrentFolder, name, TimeSpec.Canonical, LibC.SymlinkNoFollow) != 0)
        {
            throw FileErrors.Writing(path, Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Lets a folder be moved to another one, which changes its entry <c>..</c>.</summary>
    public static void Unseal(string path)
    {
        if (LibC.ChangeModeAt(LibC.CurrentFolder, FileNames.Terminate(path), CanonicalModes.Unfinished, 0) != 0)
        {
            throw FileErrors.Writing(path, Marshal.GetLastPInvokeError());
        }
    }

    /// <exception cref="NixFileException">Something in the tree is a socket, a device or a FIFO, or cannot be changed.</exception>
    public void Apply(CancellationToken cancellationToken)
    {
        if (LibC.StatX(LibC.CurrentFolder, _rootName, LibC.SymlinkNoFollow, LibC.StatusBasics, out var root) != 0)
        {
            throw FileErrors.Reading(rootPath, Marshal.GetLastPInvokeError());
        }

        if (!TryApply(LibC.CurrentFolder, _rootName, root, out var errno))
        {
            throw errno == 0 ? LinuxTreeReader.Unsupported(rootPath, root.Type) : FileErrors.Writing(rootPath, errno);
        }

        while (_walk.Depth > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!_walk.TryNext(out var entry))
            {
                if (LibC.ChangeMode(_walk.Folder, CanonicalModes.Executable) != 0 || LibC.SetTimes(_walk.Folder, TimeSpec.Canonical) != 0)
                {
                    throw FileErrors.Writing(_walk.Folders.Describe([]), Marshal.GetLastPInvokeError());
                }

                _walk.Leave();
                continue;
            }

            var status = _walk.Status(entry);
            if (!TryApply(_walk.Folder, _walk.TerminatedName(entry), status, out errno))
            {
                throw errno == 0 ? LinuxTreeReader.Unsupported(_walk.Describe(entry), status.Type) : FileErrors.Writing(_walk.Describe(entry), errno);
            }
        }
    }

    public void Dispose() => _walk.Dispose();

    /// <summary>Changes a file or symlink, or goes into a folder. False with an error number, or with 0 for what a store cannot hold.</summary>
    private bool TryApply(int folder, ReadOnlySpan<byte> name, in StatX status, out int errno)
    {
        errno = 0;
        switch (status.Type)
        {
            case EntryType.Directory:
                if ((status.Mode & CanonicalModes.Unfinished) != CanonicalModes.Unfinished && LibC.ChangeModeAt(folder, name, CanonicalModes.Unfinished, 0) != 0)
                {
                    break;
                }

                _walk.Enter(name);
                return true;
            case EntryType.File:
                if (LibC.ChangeModeAt(folder, name, CanonicalModes.OfFile(status.IsOwnerExecutable), 0) != 0)
                {
                    break;
                }

                goto case EntryType.Symlink;
            case EntryType.Symlink:
                if (LibC.SetTimesAt(folder, name, TimeSpec.Canonical, LibC.SymlinkNoFollow) == 0)
                {
                    return true;
                }

                break;
            default:
                return false;
        }

        errno = Marshal.GetLastPInvokeError();
        return false;
    }
}
