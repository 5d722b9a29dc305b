using System.Collections.Concurrent;
using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Stores.Optimising;

/// <summary>Which files are in <c>.links</c> already, and what linking has brought so far.</summary>
internal sealed class LinkPool
{
    private const ushort WritableByOwner = 0x80;

    private readonly ConcurrentDictionary<ulong, bool> _inodes = new();
    private long _filesLinked;
    private long _bytesFreed;
    private int _isFull;

    public long FilesLinked => _filesLinked;

    public long BytesFreed => _bytesFreed;

    /// <summary>Reads what is in a store's <c>.links</c>, and makes that folder where it is missing.</summary>
    public static LinkPool Load(StoreLayout layout)
    {
        var pool = new LinkPool();
        var folder = StoreLinks.FolderOf(layout);
        Directory.CreateDirectory(folder);
        using var walk = new FolderWalk(folder, sorted: false);
        walk.Enter(FileNames.Terminate(folder));
        while (walk.TryNext(out var entry))
        {
            if (LibC.StatX(walk.Folder, walk.TerminatedName(entry), LibC.SymlinkNoFollow, LibC.StatusBasics, out var status) == 0)
            {
                pool.Add(status.Inode);
            }
        }

        return pool;
    }

    /// <summary>Whether a file may be linked and is not yet. What its owner may write is no store's file, or one that is being made.</summary>
    public bool IsWanted(in StatX status) =>
        Volatile.Read(ref _isFull) == 0
        && (status.Type == EntryType.Symlink || (status.Type == EntryType.File && (status.Mode & WritableByOwner) == 0))
        && !(status.Links > 1 && _inodes.ContainsKey(status.Inode));

    public void Add(ulong inode) => _inodes.TryAdd(inode, true);

    public void Count(in StatX replaced)
    {
        Interlocked.Increment(ref _filesLinked);
        if (replaced.Links == 1)
        {
            Interlocked.Add(ref _bytesFreed, replaced.SizeOnDisk);
        }
    }

    /// <summary>Ends it: the folder or the disk has no room for more.</summary>
    public void Close() => Volatile.Write(ref _isFull, 1);
}
