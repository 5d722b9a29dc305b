using System.Buffers;
using System.Buffers.Binary;
using NixSharp.Derivations;
using NixSharp.Nar;
using NixSharp.StorePaths;

namespace NixSharp.Stores.Protocol;

/// <summary>
/// Reads the words of the worker protocol from a stream, which stays open. What a length promises is taken into memory
/// only as it arrives. At the end of the stream it throws <see cref="EndOfStreamException"/>, and for bytes that are not
/// the protocol's <see cref="NixFormatException"/>; after either nothing more can be read.
/// </summary>
internal sealed partial class WireReader : IDisposable
{
    private const int BufferSize = 64 * 1024;
    private readonly Stream _input;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _start;
    private int _end;
    private long _received;

    public WireReader(Stream input, StoreDirectory? directory = null)
    {
        _input = input;
        Directory = directory ?? StoreDirectory.Default;
    }

    /// <summary>The version that both sides speak; decides what follows what.</summary>
    public ProtocolVersion Version { get; set; } = ProtocolVersion.Newest;

    /// <summary>What both sides can beyond the version.</summary>
    public IReadOnlySet<string> Features { get; set; } = new HashSet<string>();

    /// <summary>The store directory that all paths are in.</summary>
    public StoreDirectory Directory { get; }

    /// <summary>How many bytes were read.</summary>
    public long Position => _received - (_end - _start);

    /// <summary>Whether bytes have arrived that nobody has asked for yet.</summary>
    public bool HasMore => _end > _start;

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            _start = _end = 0;
        }
    }

    /// <summary>Reads a number.</summary>
    public ValueTask<ulong> ReadNumberAsync(CancellationToken cancellationToken)
    {
        return _end - _start >= WireFormat.WordSize ? new ValueTask<ulong>(TakeNumber()) : SlowAsync();

        async ValueTask<ulong> SlowAsync()
        {
            await FillAsync(WireFormat.WordSize, cancellationToken).ConfigureAwait(false);
            return TakeNumber();
        }
    }

    /// <summary>Reads a size, an amount or a count: a number that fits into 63 bits.</summary>
    public async ValueTask<long> ReadSizeAsync(CancellationToken cancellationToken)
    {
        var number = await ReadNumberAsync(cancellationToken).ConfigureAwait(false);
        return number <= long.MaxValue ? (long)number : throw Invalid($"{number} is larger than a size can be");
    }

    /// <summary>Reads a number that fits into 31 bits.</summary>
    public async ValueTask<int> ReadInt32Async(CancellationToken cancellationToken)
    {
        var number = await ReadNumberAsync(cancellationToken).ConfigureAwait(false);
        return number <= int.MaxValue ? (int)number : throw Invalid($"{number} is larger than it can be");
    }

    /// <summary>Reads yes (1) or no (0).</summary>
    public async ValueTask<bool> ReadBooleanAsync(CancellationToken cancellationToken) => await ReadNumberAsync(cancellationToken).ConfigureAwait(false) switch
    {
        0 => false,
        1 => true,
        var number => throw Invalid($"{number} is neither yes nor no"),
    };

    /// <summary>Reads a time in seconds since 1970.</summary>
    public async ValueTask<DateTimeOffset> ReadTimeAsync(CancellationToken cancellationToken)
    {
        var seconds = await ReadNumberAsync(cancellationToken).ConfigureAwait(false);
        return seconds <= (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : throw Invalid($"{seconds} is no time before the year 10000");
    }

    /// <summary>Reads a string of at most <paramref name="limit"/> bytes.</summary>
    public async ValueTask<string> ReadStringAsync(CancellationToken cancellationToken, int limit = WireFormat.MaxString)
    {
        var length = await ReadLengthAsync(limit, cancellationToken).ConfigureAwait(false);
        var padded = length + NarFormat.PaddingOf(length);
        if (padded > BufferSize)
        {
            return ByteText.FromBytes(await ReadLongAsync(length, cancellationToken).ConfigureAwait(false));
        }

        await FillAsync(padded, cancellationToken).ConfigureAwait(false);
        var text = ByteText.FromBytes(_buffer.AsSpan(_start, length));
        _start += length;
        TakePadding(length);
        return text;
    }

    /// <summary>Reads a string of at most <paramref name="limit"/> bytes, as it is.</summary>
    public async ValueTask<byte[]> ReadBytesAsync(CancellationToken cancellationToken, int limit = WireFormat.MaxString) =>
        await ReadLongAsync(await ReadLengthAsync(limit, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>Reads what has arrived, or waits for more; 0 at the end of the stream.</summary>
    public async ValueTask<int> ReadSomeAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (_end > _start || destination.IsEmpty)
        {
            return TakeSome(destination.Span);
        }

        var count = await _input.ReadAsync(destination, cancellationToken).ConfigureAwait(false);
        _received += count;
        return count;
    }

    /// <summary>Like <see cref="ReadSomeAsync"/>, for readers that are synchronous.</summary>
    public int ReadSome(Span<byte> destination)
    {
        if (_end > _start || destination.IsEmpty)
        {
            return TakeSome(destination);
        }

        var count = _input.Read(destination);
        _received += count;
        return count;
    }

    /// <summary>Reads a number, for readers that are synchronous.</summary>
    public ulong ReadNumber()
    {
        if (_end - _start < WireFormat.WordSize)
        {
            MakeRoom(WireFormat.WordSize);
            while (_end - _start < WireFormat.WordSize)
            {
                Advance(_input.Read(_buffer.AsSpan(_end)));
            }
        }

        return TakeNumber();
    }

    public NixFormatException Invalid(string why) => WireFormat.Invalid(why, Position);

    private async ValueTask<int> ReadLengthAsync(int limit, CancellationToken cancellationToken)
    {
        var length = await ReadNumberAsync(cancellationToken).ConfigureAwait(false);
        return length <= (ulong)limit ? (int)length : throw Invalid($"a string of {length} bytes stands where at most {limit} may be");
    }

    private async ValueTask<byte[]> ReadLongAsync(int length, CancellationToken cancellationToken)
    {
        // The length is only a promise: memory is taken as the bytes come.
        var bytes = new byte[Math.Min(length, BufferSize)];
        var read = 0;
        while (read < length)
        {
            if (read == bytes.Length)
            {
                Array.Resize(ref bytes, (int)Math.Min(length, bytes.Length * 2L));
            }

            var count = await ReadSomeAsync(bytes.AsMemory(read), cancellationToken).ConfigureAwait(false);
            read += count > 0 ? count : throw new EndOfStreamException();
        }

        await FillAsync(NarFormat.PaddingOf(length), cancellationToken).ConfigureAwait(false);
        TakePadding(length);
        return bytes;
    }

    private ulong TakeNumber()
    {
        var number = BinaryPrimitives.ReadUInt64LittleEndian(_buffer.AsSpan(_start));
        _start += WireFormat.WordSize;
        return number;
    }

    private int TakeSome(Span<byte> destination)
    {
        var count = Math.Min(destination.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(destination);
        _start += count;
        return count;
    }

    private void TakePadding(int length)
    {
        var padding = NarFormat.PaddingOf(length);
        if (_buffer.AsSpan(_start, padding).ContainsAnyExcept((byte)0))
        {
            throw Invalid("padding is not zero");
        }

        _start += padding;
    }

    private async ValueTask FillAsync(int count, CancellationToken cancellationToken)
    {
        if (_end - _start >= count)
        {
            return;
        }

        MakeRoom(count);
        while (_end - _start < count)
        {
            Advance(await _input.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false));
        }
    }

    private void MakeRoom(int count)
    {
        ObjectDisposedException.ThrowIf(_buffer.Length == 0, this);
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_buffer.Length - _start < count)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
    }

    private void Advance(int count)
    {
        _end += count > 0 ? count : throw new EndOfStreamException();
        _received += count;
    }
}
