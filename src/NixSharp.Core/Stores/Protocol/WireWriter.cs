using System.Buffers;
using System.Buffers.Binary;
using NixSharp.Derivations;
using NixSharp.Nar;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Protocol;

/// <summary>
/// Writes the words of the worker protocol. They are collected in memory until <see cref="FlushAsync"/> hands them to
/// the stream, which stays open.
/// </summary>
internal sealed class WireWriter : IDisposable
{
    private const int BufferSize = 16 * 1024;
    private readonly Stream _output;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _length;

    public WireWriter(Stream output, StoreDirectory? directory = null)
    {
        _output = output;
        Directory = directory ?? StoreDirectory.Default;
    }

    /// <summary>The version that both sides speak; decides what follows what.</summary>
    public ProtocolVersion Version { get; set; } = ProtocolVersion.Newest;

    /// <summary>What both sides can beyond the version.</summary>
    public IReadOnlySet<string> Features { get; set; } = new HashSet<string>();

    /// <summary>The store directory that all paths are in.</summary>
    public StoreDirectory Directory { get; }

    /// <summary>How many bytes wait for <see cref="FlushAsync"/>.</summary>
    public int Pending => _length;

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            _length = 0;
        }
    }

    public void WriteNumber(ulong number)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Take(WireFormat.WordSize), number);
    }

    public void WriteSize(long size) => WriteNumber(checked((ulong)size));

    public void WriteBoolean(bool value) => WriteNumber(value ? 1u : 0u);

    /// <summary>Writes a time in whole seconds since 1970; earlier ones count as 1970.</summary>
    public void WriteTime(DateTimeOffset time) => WriteNumber((ulong)Math.Max(0, time.ToUnixTimeSeconds()));

    public void WriteString(string text)
    {
        if (System.Text.Ascii.IsValid(text))
        {
            WriteNumber((ulong)text.Length);
            System.Text.Encoding.ASCII.GetBytes(text, Take(text.Length));
            Take(NarFormat.PaddingOf(text.Length)).Clear();
        }
        else
        {
            WriteBytes(ByteText.ToBytes(text));
        }
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteNumber((ulong)bytes.Length);
        bytes.CopyTo(Take(bytes.Length));
        Take(NarFormat.PaddingOf(bytes.Length)).Clear();
    }

    /// <summary>Writes bytes as they are, without their length.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>Writes strings in the order that they have.</summary>
    public void WriteStrings(IReadOnlyCollection<string> texts) => WriteList(texts, WriteString);

    /// <summary>Writes strings as a set: each once, in byte order.</summary>
    public void WriteStringSet(IEnumerable<string> texts) =>
        WriteStrings([.. texts.Distinct(StringComparer.Ordinal).Order(ByteText.Comparer)]);

    /// <summary>Writes a list: a count, and so many items.</summary>
    public void WriteList<T>(IReadOnlyCollection<T> items, Action<T> writeItem)
    {
        WriteNumber((ulong)items.Count);
        foreach (var item in items)
        {
            writeItem(item);
        }
    }

    /// <summary>Writes something that may be missing: 0, or 1 and the thing.</summary>
    public void WriteOptional<T>(T? value, Action<T> write)
        where T : struct
    {
        WriteBoolean(value is not null);
        if (value is { } there)
        {
            write(there);
        }
    }

    /// <summary>Hands what was written to the stream, and has it sent.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await HandOverAsync(cancellationToken).ConfigureAwait(false);
        await _output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Hands what was written to the stream, which may wait for more before it sends it.</summary>
    public async ValueTask HandOverAsync(CancellationToken cancellationToken)
    {
        if (_length > 0)
        {
            var count = _length;
            _length = 0;
            await _output.WriteAsync(_buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Hands what was written to the stream, and then some bytes as they are.</summary>
    public async ValueTask WriteThroughAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        await _output.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        await _output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Like <see cref="WriteThroughAsync"/>, for writers that are synchronous.</summary>
    public void WriteThrough(ReadOnlySpan<byte> bytes)
    {
        if (_length > 0)
        {
            var count = _length;
            _length = 0;
            _output.Write(_buffer.AsSpan(0, count));
        }

        _output.Write(bytes);
        _output.Flush();
    }

    private Span<byte> Take(int count)
    {
        ObjectDisposedException.ThrowIf(_buffer.Length == 0, this);
        if (_buffer.Length - _length < count)
        {
            var larger = ArrayPool<byte>.Shared.Rent(checked(Math.Max(_length + count, _buffer.Length * 2)));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        var span = _buffer.AsSpan(_length, count);
        _length += count;
        return span;
    }
}
