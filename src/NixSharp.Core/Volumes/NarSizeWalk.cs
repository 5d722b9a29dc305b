using System.Runtime.InteropServices;
using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Volumes;

/// <summary>Computes how large the NAR of a tree would be from names, modes and sizes alone, without a look at contents.</summary>
internal sealed class NarSizeWalk : IDisposable
{
    private const int Number = 8;

    private static readonly long Frame = Sizes("nix-archive-1");
    private static readonly long FileNode = Sizes("(", "type", "regular", "contents", ")");
    private static readonly long Executable = Sizes("executable", "");
    private static readonly long SymlinkNode = Sizes("(", "type", "symlink", "target", ")");
    private static readonly long FolderNode = Sizes("(", "type", "directory", ")");
    private static readonly long Entry = Sizes("entry", "(", "name", "node", ")");

    private readonly FolderWalk _walk;
    private readonly string _path;

    private NarSizeWalk(string path)
    {
        _path = path;
        _walk = new FolderWalk(path, sorted: false);
    }

    /// <summary>The size of the NAR of what is at <paramref name="path"/>, in bytes.</summary>
    /// <exception cref="NixFileException">It cannot be read, or is not what a store holds.</exception>
    public static long Measure(string path, CancellationToken cancellationToken)
    {
        using var walk = new NarSizeWalk(path);
        return Frame + walk.Run(cancellationToken);
    }

    public void Dispose() => _walk.Dispose();

    private long Run(CancellationToken cancellationToken)
    {
        var name = FileNames.Terminate(_path);
        if (LibC.StatX(LibC.CurrentFolder, name, LibC.SymlinkNoFollow, LibC.StatusBasics, out var root) != 0)
        {
            throw FileErrors.Reading(_path, Marshal.GetLastPInvokeError());
        }

        var size = NodeOf(root, _path);
        if (root.Type != EntryType.Directory)
        {
            return size;
        }

        _walk.Enter(name);
        while (_walk.Depth > 0)
        {
            if (!_walk.TryNext(out var entry))
            {
                _walk.Leave();
                continue;
            }

            var status = _walk.Status(entry);
            size += Entry + Number + Pad(entry.Length) + NodeOf(status, null);
            if (status.Type == EntryType.Directory)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _walk.Enter(_walk.TerminatedName(entry));
            }
        }

        return size;
    }

    private long NodeOf(in StatX status, string? path) => status.Type switch
    {
        EntryType.File => FileNode + (status.IsOwnerExecutable ? Executable : 0) + Number + Pad(status.Size),
        EntryType.Symlink => SymlinkNode + Number + Pad(status.Size),
        EntryType.Directory => FolderNode,
        _ => throw FileErrors.Unsupported(path ?? _walk.Folders.Describe([]), "or has in it a device, a socket or a FIFO"),
    };

    private static long Sizes(params string[] words) => words.Sum(static word => Number + Pad(word.Length));

    private static long Pad(long length) => (length + 7) & ~7L;
}
