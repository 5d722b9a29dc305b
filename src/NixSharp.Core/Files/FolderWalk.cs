using System.Buffers;
using System.Runtime.InteropServices;
using NixSharp.Native;

namespace NixSharp.Files;

/// <summary>
/// Goes through the folders of a tree on Linux, depth first, by descriptors and names in bytes. All names that are
/// still to be visited lie in one buffer, so a walk allocates nothing per entry or folder.
/// </summary>
internal sealed class FolderWalk(string rootPath, bool sorted) : IDisposable
{
    private const int ListingSize = 64 * 1024;

    private readonly Stack<Level> _levels = new();
    private readonly byte[] _listing = ArrayPool<byte>.Shared.Rent(ListingSize);
    private byte[] _names = ArrayPool<byte>.Shared.Rent(ListingSize);
    private int _namesLength;
    private FolderEntry[] _entries = new FolderEntry[1024];
    private int _entryCount;
    private int _next;
    private int _end;

    /// <summary>The open folders.</summary>
    public FolderStack Folders { get; } = new(rootPath);

    /// <summary>The descriptor of the current folder.</summary>
    public int Folder => Folders.Top;

    /// <summary>How many folders the walk is inside.</summary>
    public int Depth => Folders.Depth;

    /// <summary>The name that ends in NUL; valid until the next folder is entered.</summary>
    public ReadOnlySpan<byte> TerminatedName(in FolderEntry entry) => _names.AsSpan(entry.Offset, entry.Length + 1);

    /// <summary>The name; valid until the next folder is entered.</summary>
    public ReadOnlySpan<byte> Name(in FolderEntry entry) => _names.AsSpan(entry.Offset, entry.Length);

    /// <summary>The full path, for messages.</summary>
    public string Describe(in FolderEntry entry) => Folders.Describe(Name(entry));

    /// <summary>Opens a folder and lists it.</summary>
    /// <exception cref="NixFileException">It cannot be read, or is a folder no more.</exception>
    public void Enter(ReadOnlySpan<byte> terminatedName)
    {
        var errno = TryEnter(terminatedName);
        if (errno != 0)
        {
            throw FileErrors.Reading(Folders.Depth == 0 ? Folders.RootPath : Folders.Describe(terminatedName[..^1]), errno);
        }
    }

    /// <summary>Opens a folder and lists it, unless it cannot be opened.</summary>
    /// <returns>0, or the error number.</returns>
    public int TryEnter(ReadOnlySpan<byte> terminatedName)
    {
        var errno = Folders.TryPush(terminatedName);
        if (errno == 0)
        {
            ListTop();
        }

        return errno;
    }

    /// <summary>Starts with a folder that is open already, which this walk closes.</summary>
    public void Enter(int descriptor)
    {
        Folders.Push(descriptor, []);
        ListTop();
    }

    /// <summary>Goes on to the next entry of the current folder; false behind the last.</summary>
    public bool TryNext(out FolderEntry entry)
    {
        if (_next == _end)
        {
            entry = default;
            return false;
        }

        entry = _entries[_next++];
        return true;
    }

    /// <summary>Goes back to the folder above.</summary>
    public void Leave()
    {
        Folders.Pop();
        var level = _levels.Pop();
        _namesLength = level.NamesLength;
        _next = level.Next;
        _end = level.End;
        _entryCount = level.End;
    }

    /// <summary>The status of an entry of the current folder, symlinks not followed.</summary>
    public StatX Status(in FolderEntry entry) =>
        LibC.StatX(Folder, TerminatedName(entry), LibC.SymlinkNoFollow, LibC.StatusBasics, out var status) == 0
            ? status
            : throw FileErrors.Reading(Describe(entry), Marshal.GetLastPInvokeError());

    public void Dispose()
    {
        Folders.Dispose();
        ArrayPool<byte>.Shared.Return(_listing);
        ArrayPool<byte>.Shared.Return(_names);
        _names = [];
    }

    private void ListTop()
    {
        _levels.Push(new Level(_next, _end, _namesLength));
        var start = _entryCount;
        List();
        if (sorted)
        {
            _entries.AsSpan(start, _entryCount - start).Sort(new ByBytes(_names));
        }

        _next = start;
        _end = _entryCount;
    }

    private void List()
    {
        while (true)
        {
            var length = LibC.GetDirectoryEntries(Folder, _listing);
            if (length <= 0)
            {
                if (length < 0)
                {
                    throw FileErrors.Reading(Folders.Describe([]), Marshal.GetLastPInvokeError());
                }

                return;
            }

            Append(_listing.AsSpan(0, length));
        }
    }

    private void Append(ReadOnlySpan<byte> records)
    {
        // struct linux_dirent64: inode (8), offset (8), length of the record (2), type (1), name, NUL.
        while (!records.IsEmpty)
        {
            var record = records[..BitConverter.ToUInt16(records[16..])];
            records = records[record.Length..];
            var name = record[19..];
            name = name[..name.IndexOf((byte)0)];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                Append(name, (EntryType)record[18]);
            }
        }
    }

    private void Append(ReadOnlySpan<byte> name, EntryType type)
    {
        if (_namesLength + name.Length + 1 > _names.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(checked(_names.Length * 2));
            _names.AsSpan(0, _namesLength).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_names);
            _names = larger;
        }

        if (_entryCount == _entries.Length)
        {
            Array.Resize(ref _entries, checked(_entries.Length * 2));
        }

        _entries[_entryCount++] = new FolderEntry(_namesLength, name, type);
        name.CopyTo(_names.AsSpan(_namesLength));
        _names[_namesLength + name.Length] = 0;
        _namesLength += name.Length + 1;
    }

    private readonly struct ByBytes(byte[] names) : IComparer<FolderEntry>
    {
        public int Compare(FolderEntry x, FolderEntry y) => x.Prefix != y.Prefix
            ? x.Prefix.CompareTo(y.Prefix)
            : names.AsSpan(x.Offset, x.Length).SequenceCompareTo(names.AsSpan(y.Offset, y.Length));
    }

    private readonly record struct Level(int Next, int End, int NamesLength);
}
