using System.Buffers;
using System.Buffers.Binary;
using NixSharp.Files;

namespace NixSharp.Nar;

/// <summary>
/// Writes a NAR, Nix's canonical archive: one tree in, one sequence of bytes out. Feed it with
/// <see cref="FileTree.Read"/> or <see cref="NarReader.Read"/>, then call <see cref="Dispose"/>, which leaves the
/// stream open. The format is that of figure 5.2 in Eelco Dolstra's thesis.
/// </summary>
public sealed class NarWriter : IFileTreeSink, IDisposable
{
    private const int BufferSize = 128 * 1024;

    private readonly Stream _output;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _used;
    private int _depth;

    /// <summary>Writes to <paramref name="output"/>, starting with the format's magic word.</summary>
    public NarWriter(Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        _output = output;
        Write(NarFormat.Magic);
    }

    /// <inheritdoc/>
    public void BeginDirectory(ReadOnlySpan<byte> name)
    {
        BeginEntry(name);
        Write(NarFormat.DirectoryHeader);
        _depth++;
    }

    /// <inheritdoc/>
    public void EndDirectory()
    {
        if (_depth == 0)
        {
            throw new InvalidOperationException("There is no folder to close.");
        }

        _depth--;
        EndNode();
    }

    /// <inheritdoc/>
    public void AddFile(ReadOnlySpan<byte> name, bool executable, long size, Stream contents)
    {
        ArgumentNullException.ThrowIfNull(contents);
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        BeginFile(name, executable, size);
        var left = size;
        while (left > 0)
        {
            if (_used == _buffer.Length)
            {
                Flush();
            }

            var count = contents.Read(_buffer, _used, (int)Math.Min(left, _buffer.Length - _used));
            if (count == 0)
            {
                throw new EndOfStreamException($"A file ended {left} bytes early.");
            }

            _used += count;
            left -= count;
        }

        EndFile(size);
    }

    /// <inheritdoc/>
    public void AddSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        BeginEntry(name);
        Write(NarFormat.SymlinkHeader);
        WriteString(target);
        EndNode();
    }

    /// <summary>Writes out what is still buffered. The stream stays open.</summary>
    public void Dispose()
    {
        if (_buffer.Length == 0)
        {
            return;
        }

        Flush();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    /// <summary>Begins a file whose contents come by <see cref="WriteContents"/>.</summary>
    internal void BeginFile(ReadOnlySpan<byte> name, bool executable, long size)
    {
        BeginEntry(name);
        Write(executable ? NarFormat.ExecutableHeader : NarFormat.RegularHeader);
        WriteLength(size);
    }

    internal void WriteContents(ReadOnlySpan<byte> contents) => Write(contents);

    /// <summary>Ends a file that was begun with the same size.</summary>
    internal void EndFile(long size)
    {
        WritePadding(size);
        EndNode();
    }

    private void BeginEntry(ReadOnlySpan<byte> name)
    {
        if (_depth == 0)
        {
            return;
        }

        Write(NarFormat.EntryHeader);
        WriteString(name);
        Write(NarFormat.NodeHeader);
    }

    private void EndNode()
    {
        Write(NarFormat.Close);
        if (_depth > 0)
        {
            Write(NarFormat.Close);
        }
    }

    private void WriteString(ReadOnlySpan<byte> text)
    {
        WriteLength(text.Length);
        Write(text);
        WritePadding(text.Length);
    }

    private void WriteLength(long length)
    {
        Span<byte> word = stackalloc byte[NarFormat.WordSize];
        BinaryPrimitives.WriteInt64LittleEndian(word, length);
        Write(word);
    }

    private void WritePadding(long length)
    {
        ReadOnlySpan<byte> zeros = [0, 0, 0, 0, 0, 0, 0, 0];
        Write(zeros[..NarFormat.PaddingOf(length)]);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_used == _buffer.Length)
            {
                Flush();
            }

            var count = Math.Min(bytes.Length, _buffer.Length - _used);
            bytes[..count].CopyTo(_buffer.AsSpan(_used));
            _used += count;
            bytes = bytes[count..];
        }
    }

    private void Flush()
    {
        _output.Write(_buffer, 0, _used);
        _used = 0;
    }
}
