using System.Buffers;
using NixSharp.Compression;
using NixSharp.Files;

namespace NixSharp.Images.Tar;

/// <summary>
/// Writes trees of files into a tar archive. The same trees give the same bytes everywhere: times and owners are those
/// that are given, modes are canonical unless a rule says otherwise, and names are bytes that are copied as they are.
/// Call <see cref="Begin"/> before each tree, and <see cref="Finish"/> in the end.
/// </summary>
internal sealed class TarWriter : IFileTreeSink
{
    private readonly Stream _output;
    private readonly TarDialect _dialect;
    private readonly IReadOnlyList<FileRule> _rules;
    private readonly ArrayBufferWriter<byte> _headers = new(4 * TarHeader.BlockSize);
    private readonly Stack<int> _lengths = new();
    private byte[] _name = new byte[4096];
    private int _length;
    private long _written;
    private TarModes _modes;
    private TarAttributes _attributes;

    public TarWriter(Stream output, IReadOnlyList<FileRule>? rules = null, TarDialect? dialect = null)
    {
        _output = output;
        _rules = rules ?? [];
        _dialect = dialect ?? TarDialect.Own;
    }

    /// <summary>
    /// Says where in the archive the root of the next tree lies (without a slash at either end), and what its files
    /// get besides a mode.
    /// </summary>
    public void Begin(ReadOnlySpan<byte> name, TarModes modes, TarAttributes? attributes = null)
    {
        _length = 0;
        _lengths.Clear();
        if (_dialect.HasLeadingSlash)
        {
            Append("/"u8);
        }

        Append(name);
        _modes = modes;
        _attributes = attributes ?? new TarAttributes(0);
    }

    /// <summary>Adds one folder by its whole name, outside of any tree.</summary>
    public void AddDirectory(ReadOnlySpan<byte> name, TarAttributes attributes)
    {
        Begin(name, TarModes.Default with { Directory = attributes.Mode }, attributes);
        BeginDirectory([]);
        EndDirectory();
    }

    /// <inheritdoc/>
    public void BeginDirectory(ReadOnlySpan<byte> name)
    {
        _lengths.Push(_length);
        Enter(name);
        var length = _length;
        if (_dialect.HasTrailingSlash)
        {
            Append("/"u8);
        }

        WriteHeader(TarEntryType.Directory, _modes.Directory, 0, []);
        _length = length;
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
        _written += size;
        WriteZeros(TarHeader.PaddingOf(size));
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

    /// <summary>Writes the two empty blocks that end an archive, and as many more as make its last record whole.</summary>
    public void Finish()
    {
        var end = _written + (2 * TarHeader.BlockSize);
        var rest = end % _dialect.RecordSize;
        WriteZeros((2 * TarHeader.BlockSize) + (rest == 0 ? 0 : _dialect.RecordSize - (int)rest));
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
        var attributes = FileRule.Apply(_rules, name, type, _attributes with { Mode = mode });
        _headers.ResetWrittenCount();
        _dialect.WriteHeader(_headers, name, type, attributes, size, link);
        _output.Write(_headers.WrittenSpan);
        _written += _headers.WrittenCount;
    }

    private void WriteZeros(int count)
    {
        ReadOnlySpan<byte> zeros = stackalloc byte[TarHeader.BlockSize];
        _written += count;
        for (; count > 0; count -= TarHeader.BlockSize)
        {
            _output.Write(zeros[..Math.Min(count, TarHeader.BlockSize)]);
        }
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
