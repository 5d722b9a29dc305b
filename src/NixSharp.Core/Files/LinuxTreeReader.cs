using System.Runtime.InteropServices;
using NixSharp.Native;

namespace NixSharp.Files;

/// <summary>Reads a tree by descriptors; symlinks put in the way meanwhile are refused, never followed.</summary>
internal sealed class LinuxTreeReader : IDisposable
{
    private static readonly byte[] Itself = [0];

    private readonly string _rootPath;
    private readonly IFileTreeSink _sink;
    private readonly FolderWalk _walk;
    private readonly DescriptorStream _contents;
    private readonly byte[] _target = new byte[FileNames.MaxTargetLength + 1];
    private FolderEntry _current;

    public LinuxTreeReader(string rootPath, IFileTreeSink sink)
    {
        _rootPath = rootPath;
        _sink = sink;
        _walk = new FolderWalk(rootPath, sorted: true);
        _contents = new DescriptorStream(DescribeCurrent);
    }

    public void Read(CancellationToken cancellationToken)
    {
        var path = FileNames.Terminate(_rootPath);
        if (LibC.StatX(LibC.CurrentFolder, path, LibC.SymlinkNoFollow, LibC.StatusBasics, out var status) != 0)
        {
            throw FileErrors.Reading(_rootPath, Marshal.GetLastPInvokeError());
        }

        switch (status.Type)
        {
            case EntryType.Directory:
                _sink.BeginDirectory([]);
                _walk.Enter(path);
                ReadFolders(cancellationToken);
                break;
            case EntryType.File:
                ReadFile(LibC.CurrentFolder, path, []);
                break;
            case EntryType.Symlink:
                ReadSymlink(LibC.CurrentFolder, path, []);
                break;
            default:
                throw Unsupported(_rootPath, status.Type);
        }
    }

    public void Dispose()
    {
        _walk.Dispose();
        _contents.Dispose();
    }

    private void ReadFolders(CancellationToken cancellationToken)
    {
        while (_walk.Depth > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_walk.TryNext(out var entry))
            {
                ReadEntry(entry);
            }
            else
            {
                _walk.Leave();
                _sink.EndDirectory();
            }
        }
    }

    private void ReadEntry(in FolderEntry entry)
    {
        var type = entry.Type == EntryType.Unknown ? _walk.Status(entry).Type : entry.Type;
        var name = _walk.TerminatedName(entry);
        _current = entry;
        switch (type)
        {
            case EntryType.Directory:
                _sink.BeginDirectory(name[..^1]);
                _walk.Enter(name);
                break;
            case EntryType.File:
                ReadFile(_walk.Folder, name, name[..^1]);
                break;
            case EntryType.Symlink:
                ReadSymlink(_walk.Folder, name, name[..^1]);
                break;
            default:
                throw Unsupported(_walk.Describe(entry), type);
        }
    }

    private void ReadFile(int folder, ReadOnlySpan<byte> terminatedName, ReadOnlySpan<byte> name)
    {
        // Non-blocking, because a FIFO may have taken the file's place.
        var descriptor = LibC.OpenAt(folder, terminatedName, LibC.ReadOnly | LibC.NoFollow | LibC.NonBlocking | LibC.CloseOnExec, 0);
        if (descriptor < 0)
        {
            throw FileErrors.Reading(DescribeCurrent(), Marshal.GetLastPInvokeError());
        }

        try
        {
            if (LibC.StatX(descriptor, Itself, LibC.EmptyPath, LibC.StatusBasics, out var status) != 0)
            {
                throw FileErrors.Reading(DescribeCurrent(), Marshal.GetLastPInvokeError());
            }

            if (status.Type != EntryType.File)
            {
                throw FileErrors.Changed(DescribeCurrent(), "it is no file any more");
            }

            ReadContents(descriptor, name, status);
        }
        finally
        {
            LibC.Close(descriptor);
        }
    }

    private void ReadContents(int descriptor, ReadOnlySpan<byte> name, in StatX status)
    {
        _contents.Begin(descriptor, status.Size);
        _sink.AddFile(name, status.IsOwnerExecutable, status.Size, _contents);
        _contents.End();
    }

    private void ReadSymlink(int folder, ReadOnlySpan<byte> terminatedName, ReadOnlySpan<byte> name)
    {
        var length = LibC.ReadLinkAt(folder, terminatedName, _target, _target.Length);
        if (length < 0)
        {
            throw FileErrors.Reading(DescribeCurrent(), Marshal.GetLastPInvokeError());
        }

        _sink.AddSymlink(name, _target.AsSpan(0, (int)length));
    }

    private string DescribeCurrent() => _walk.Depth == 0 ? _rootPath : _walk.Describe(_current);

    internal static NixFileException Unsupported(string path, EntryType type) => FileErrors.Unsupported(path, type switch
    {
        EntryType.Socket => "a socket",
        EntryType.Fifo => "a FIFO",
        EntryType.BlockDevice or EntryType.CharacterDevice => "a device",
        _ => "of a kind that is not known here",
    });
}
