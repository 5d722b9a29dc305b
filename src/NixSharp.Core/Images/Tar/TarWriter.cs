using System.Buffers;
using NixSharp.Compression;
using NixSharp.Files;

namespace NixSharp.Images.Tar;

/// <summary>
/// Writes trees of files into a tar archive: ustar headers, and before them pax headers where a name, a link or a
/// size needs one. The same trees give the same bytes everywhere: times are 1, owners are numbers without names, modes
/// are canonical, and names are bytes that are copied as they are. Call <see cref="Begin"/> before each tree, and
/// <see cref="Finish"/> in the end.
/// </summary>
internal sealed class TarWriter : IFileTreeSink
{
    private readonly Stream _output;
    private readonly byte[] _header = new byte[TarHeader.BlockSize];
    private readonly Stack<int> _lengths = new();
    private byte[] _name = new byte[4096];
    private int _length;
    private TarModes _modes;
    private int _owner;
    private int _group;

    public TarWriter(Stream output)
    {
        _output = output;
    }

    /// <summary>Says where in the archive the root of the next tree lies (without a slash at either end), and what its files get.</summary>
    public void Begin(ReadOnlySpan<byte> name, TarModes modes, int owner = 0, int group = 0)
    {
        _length = 0;
        _lengths.Clear();
        Append(name);
        _modes = modes;
        _owner = owner;
        _group = group;
    }

    /// <summary>Adds one folder by its whole name, outside of any tree.</summary>
    public void AddDirectory(ReadOnlySpan<byte> name, TarAttributes attributes)
    {
        Begin(name, TarModes.Default with { Directory = attributes.Mode }, attributes.Owner, attributes.Group);
        BeginDirectory([]);
        EndDirectory();
    }

    /// <inheritdoc/>
    public void BeginDirectory(ReadOnlySpan<byte> name)
    {
        _lengths.Push(_length);
        Enter(name);
        Append("/"u8);
        WriteHeader(TarEntryType.Directory, _modes.Directory, 0, []);
        _length--;
    }

    /// <inheritdoc/>
    public void EndDirectory() => _length = _lengths.Pop();

    /// <inheritdoc/>
    public void AddFile(ReadOnlySpan<byte> name, bool executable, long size, Stream contents)
    {
        var outer = _length;
        Enter(name);
        WriteHeader(TarEntryType.File, executable ? _modes.Executable : _modes.File, size, []);
        Copy(contents, size);
        WritePadding(size);
        _length = outer;
    }

    /// <inheritdoc/>
    public void AddSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        var outer = _length;
        Enter(name);
        WriteHeader(TarEntryType.Symlink, TarModes.Symlink, 0, target);
        _length = outer;
    }

    /// <summary>Writes the two empty blocks that end an archive.</summary>
    public void Finish()
    {
        Array.Clear(_header);
        _output.Write(_header);
        _output.Write(_header);
    }

    private void Enter(ReadOnlySpan<byte> name)
    {
        if (!name.IsEmpty)
        {
            Append("/"u8);
            Append(name);
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_name.Length - _length < bytes.Length)
        {
            Array.Resize(ref _name, Math.Max(_name.Length * 2, _length + bytes.Length));
        }

        bytes.CopyTo(_name.AsSpan(_length));
        _length += bytes.Length;
    }

    private void WriteHeader(TarEntryType type, int mode, long size, ReadOnlySpan<byte> link)
    {
        ReadOnlySpan<byte> name = _name.AsSpan(0, _length);
        ReadOnlySpan<byte> prefix = [];
        var isLinkLong = link.Length > TarHeader.MaxNameLength;
        var isSizeLarge = size > TarHeader.MaxSize;
        var isNameLong = false;
        if (name.Length > TarHeader.MaxNameLength)
        {
            // Behind a pax header some readers, .NET's own among them, ignore the prefix.
            var cut = isLinkLong || isSizeLarge ? 0 : TarHeader.FindPrefix(name);
            isNameLong = cut == 0;
            prefix = name[..cut];
            name = isNameLong ? name : name[(cut + 1)..];
        }

        if (isNameLong || isLinkLong || isSizeLarge)
        {
            WritePax(PaxRecords.Write(isNameLong ? name : [], isLinkLong ? link : [], size).Span);
        }

        TarHeader.Write(
            _header,
            prefix,
            name[..Math.Min(name.Length, TarHeader.MaxNameLength)],
            type,
            new TarAttributes(mode, _owner, _group),
            isSizeLarge ? 0 : size,
            link[..Math.Min(link.Length, TarHeader.MaxNameLength)]);
        _output.Write(_header);
    }

    private void WritePax(ReadOnlySpan<byte> records)
    {
        TarHeader.Write(_header, [], PaxRecords.HeaderName, TarEntryType.Pax, new TarAttributes(TarModes.Default.File), records.Length, []);
        _output.Write(_header);
        _output.Write(records);
        WritePadding(records.Length);
    }

    private void WritePadding(long size)
    {
        ReadOnlySpan<byte> zeros = stackalloc byte[TarHeader.BlockSize];
        _output.Write(zeros[..TarHeader.PaddingOf(size)]);
    }

    private void Copy(Stream contents, long size)
    {
        var blocks = _output as BlockStream;
        var buffer = blocks is null && size > 0 ? ArrayPool<byte>.Shared.Rent((int)Math.Min(size, 128 * 1024)) : [];
        try
        {
            for (var left = size; left > 0;)
            {
                var read = blocks?.ReadFrom(contents, left) ?? Copy(contents, buffer, left);
                left -= read > 0 ? read : throw new EndOfStreamException($"A file ended {left} bytes early.");
            }
        }
        finally
        {
            if (buffer.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private int Copy(Stream contents, byte[] buffer, long left)
    {
        var read = contents.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
        _output.Write(buffer, 0, read);
        return read;
    }
}
