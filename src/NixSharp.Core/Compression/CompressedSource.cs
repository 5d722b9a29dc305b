using System.Buffers;
using System.Runtime.ExceptionServices;
using NixSharp.Files;

namespace NixSharp.Compression;

/// <summary>
/// What a foreign decompressor reads from: counts what it took, can tell whether there is more, and remembers a failure
/// of the source itself, so that it isn't taken for damage.
/// </summary>
internal sealed class CompressedSource : ReadOnlyStream
{
    private const int BufferSize = 64 * 1024;

    private readonly Stream _source;
    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _start;
    private int _end;

    public CompressedSource(Stream source)
    {
        _source = source;
    }

    /// <summary>How many bytes were taken.</summary>
    public long Offset { get; private set; }

    /// <summary>The failure, which decompressors may keep to themselves.</summary>
    public ExceptionDispatchInfo? Failure { get; private set; }

    public bool IsAtEnd => !TryFill();

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || !TryFill())
        {
            return 0;
        }

        var count = Math.Min(buffer.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        Offset += count;
        return count;
    }

    public override int ReadByte()
    {
        if (!TryFill())
        {
            return -1;
        }

        Offset++;
        return _buffer![_start++];
    }

    protected override void Dispose(bool disposing)
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }

        base.Dispose(disposing);
    }

    private bool TryFill()
    {
        ObjectDisposedException.ThrowIf(_buffer is null, this);
        if (_start < _end)
        {
            return true;
        }

        try
        {
            (_start, _end) = (0, _source.Read(_buffer, 0, BufferSize));
            return _end > 0;
        }
        catch (Exception error)
        {
            Failure = ExceptionDispatchInfo.Capture(error);
            throw;
        }
    }
}
