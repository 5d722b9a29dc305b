using System.Runtime.InteropServices;
using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Volumes;

/// <summary>
/// One thread that links: goes through folders by descriptors, makes each anew on the other side, hard-links what is
/// in it, and gives it a store's mode and time when it leaves.
/// </summary>
internal sealed class LinkWorker : IDisposable
{
    private readonly LinkWork _work;
    private readonly int _store;
    private readonly string _storePath;
    private readonly FolderWalk _source = new("", sorted: false);
    private readonly FolderStack _target = new("");
    private readonly FileSubstitute _substitute = new();
    private long _linked;
    private long _symlinks;
    private long _folders;

    /// <param name="work">Where the work comes from.</param>
    /// <param name="store">The descriptor of the folder that store paths are linked into.</param>
    /// <param name="storePath">Its path, for messages.</param>
    public LinkWorker(LinkWork work, int store, string storePath)
    {
        _work = work;
        _store = store;
        _storePath = storePath;
    }

    /// <summary>What was done.</summary>
    public VolumeReport Report => new()
    {
        LinkedFiles = _linked,
        ClonedFiles = _substitute.Cloned,
        CopiedFiles = _substitute.Copied,
        CopiedBytes = _substitute.CopiedBytes,
        Symlinks = _symlinks,
        Folders = _folders,
    };

    /// <summary>Works until nothing is left.</summary>
    public void Run(Action<string> onRoot, CancellationToken cancellationToken)
    {
        try
        {
            while (_work.TryTake(out var item))
            {
                _source.Folders.RootPath = item.SourcePath;
                _target.RootPath = item.Name is null ? item.SourcePath : Path.Combine(_storePath, item.Name);
                if (item.Name is null)
                {
                    _target.Push(item.Target, []);
                    _source.Enter(item.Source);
                }
                else
                {
                    onRoot(item.Name);
                    LinkRoot(item.SourcePath, item.Name);
                }

                LinkFolders(cancellationToken);
            }
        }
        finally
        {
            // After an error the others have nothing to go on for.
            _work.Stop();
        }
    }

    public void Dispose()
    {
        _source.Dispose();
        _target.Dispose();
        _substitute.Dispose();
    }

    private void LinkRoot(string sourcePath, string baseName)
    {
        var path = FileNames.Terminate(sourcePath);
        var name = FileNames.Terminate(baseName);
        if (LibC.StatX(LibC.CurrentFolder, path, LibC.SymlinkNoFollow, LibC.StatusBasics, out var status) != 0)
        {
            throw FileErrors.Reading(sourcePath, Marshal.GetLastPInvokeError());
        }

        if (status.Type == EntryType.Directory)
        {
            _source.Enter(path);
            MakeFolder(_store, name);
        }
        else
        {
            Link(LibC.CurrentFolder, path, _store, name, status.Type);
        }
    }

    private void LinkFolders(CancellationToken cancellationToken)
    {
        while (_source.Depth > 0)
        {
            if (!_source.TryNext(out var entry))
            {
                _source.Leave();
                FinishFolder();
                continue;
            }

            var type = entry.Type == EntryType.Unknown ? _source.Status(entry).Type : entry.Type;
            var name = _source.TerminatedName(entry);
            if (type != EntryType.Directory)
            {
                Link(_source.Folder, name, _target.Top, name, type);
                continue;
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (_work.IsWanted)
            {
                HandOver(name);
            }
            else
            {
                MakeFolder(_target.Top, name);
                _source.Enter(name);
            }
        }
    }

    private void HandOver(ReadOnlySpan<byte> name)
    {
        const int Flags = LibC.ReadOnly | LibC.CloseOnExec;
        var source = LibC.OpenAt(_source.Folder, name, Flags | LibC.Directory | LibC.NoFollow, 0);
        if (source < 0)
        {
            throw FileErrors.Reading(_source.Folders.Describe(name[..^1]), Marshal.GetLastPInvokeError());
        }

        Check(LibC.MakeDirectoryAt(_target.Top, name, CanonicalModes.Unfinished), name);
        var target = LibC.OpenAt(_target.Top, name, Flags | LibC.Directory | LibC.NoFollow, 0);
        Check(target, name);
        _work.HandOver(new LinkItem(_source.Folders.Describe(name[..^1]), null, source, target));
    }

    private void MakeFolder(int parent, ReadOnlySpan<byte> name)
    {
        Check(LibC.MakeDirectoryAt(parent, name, CanonicalModes.Unfinished), name);
        var errno = _target.TryPush(name, parent);
        if (errno != 0)
        {
            throw FileErrors.Writing(DescribeTarget(name), errno);
        }
    }

    private void FinishFolder()
    {
        Check(LibC.ChangeMode(_target.Top, CanonicalModes.Executable), [0]);
        Check(LibC.SetTimes(_target.Top, TimeSpec.Canonical), [0]);
        _target.Pop();
        _folders++;
    }

    private void Link(int sourceFolder, ReadOnlySpan<byte> sourceName, int targetFolder, ReadOnlySpan<byte> targetName, EntryType type)
    {
        if (LibC.LinkAt(sourceFolder, sourceName, targetFolder, targetName, 0) == 0)
        {
            if (type == EntryType.Symlink)
            {
                _symlinks++;
            }
            else
            {
                _linked++;
            }

            return;
        }

        switch (Marshal.GetLastPInvokeError())
        {
            case Errno.CrossDevice or Errno.TooManyLinks or Errno.NotPermitted or Errno.NotSupported when type == EntryType.Symlink:
                _substitute.MakeSymlink(sourceFolder, sourceName, targetFolder, targetName, DescribeSource(sourceName), DescribeTarget(targetName));
                _symlinks++;
                break;
            case Errno.CrossDevice or Errno.TooManyLinks or Errno.NotPermitted or Errno.NotSupported when type == EntryType.File:
                _substitute.MakeFile(sourceFolder, sourceName, targetFolder, targetName, DescribeSource(sourceName), DescribeTarget(targetName));
                break;
            case Errno.NotFound:
                throw FileErrors.Reading(DescribeSource(sourceName), Errno.NotFound);
            case var errno:
                throw FileErrors.Writing(DescribeTarget(targetName), errno);
        }
    }

    private string DescribeSource(ReadOnlySpan<byte> name) =>
        _source.Depth == 0 ? _source.Folders.RootPath : _source.Folders.Describe(name[..^1]);

    private string DescribeTarget(ReadOnlySpan<byte> name) =>
        _target.Depth == 0 ? _target.RootPath : _target.Describe(name[..^1]);

    private void Check(int result, ReadOnlySpan<byte> name)
    {
        if (result < 0)
        {
            throw FileErrors.Writing(DescribeTarget(name), Marshal.GetLastPInvokeError());
        }
    }
}
