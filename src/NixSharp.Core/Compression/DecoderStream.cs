using System.Buffers;
using NixSharp.Files;

namespace NixSharp.Compression;

/// <summary>Decompresses what it reads from another stream, member after member, to its end.</summary>
internal sealed class DecoderStream : ReadOnlyStream
{
    private const int BufferSize = 128 * 1024;

    private readonly Stream _source;
    private readonly IDecoder _decoder;
    private readonly string _name;
    private readonly bool _leaveOpen;
    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _start;
    private int _end;
    private long _offset;
    private bool _hasSourceEnded;
    private bool _isBetweenMembers;
    private bool _hasEnded;

    public DecoderStream(Stream source, IDecoder decoder, string name, bool leaveOpen)
    {
        _source = source;
        _decoder = decoder;
        _name = name;
        _leaveOpen = leaveOpen;
    }

    private byte[] Buffer => _buffer ?? throw new ObjectDisposedException(nameof(DecoderStream));

    public override int Read(Span<byte> buffer)
    {
        var count = 0;
        while (!buffer.IsEmpty && !TryDecode(buffer, out count))
        {
            Filled(_source.Read(Buffer, 0, BufferSize));
        }

        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = 0;
        while (!buffer.IsEmpty && !TryDecode(buffer.Span, out count))
        {
            Filled(await _source.ReadAsync(Buffer.AsMemory(0, BufferSize), cancellationToken).ConfigureAwait(false));
        }

        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        if (Release() && !_leaveOpen)
        {
            await _source.DisposeAsync().ConfigureAwait(false);
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && Release() && !_leaveOpen)
        {
            _source.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Filled(int count)
    {
        (_start, _end) = (0, count);
        _hasSourceEnded = count == 0;
    }

    /// <summary>Gives some bytes, or none at the end; false where the source has to be read first.</summary>
    private bool TryDecode(Span<byte> destination, out int written)
    {
        written = 0;
        while (!_hasEnded)
        {
            if (_start == _end && !_hasSourceEnded && (_offset == 0 || _isBetweenMembers))
            {
                return false;
            }

            if (_isBetweenMembers && _start == _end)
            {
                _hasEnded = true;
                break;
            }

            _isBetweenMembers = false;
            var status = Decode(destination, out var consumed, out written);
            _start += consumed;
            _offset += consumed;
            switch (status)
            {
                case OperationStatus.Done when _decoder.HasMembers:
                    _isBetweenMembers = true;
                    break;
                case OperationStatus.Done:
                    _hasEnded = true;
                    break;
                case OperationStatus.InvalidData:
                    throw Corrupt("is damaged");
                case OperationStatus.NeedMoreData when written == 0 && _hasSourceEnded:
                    throw Corrupt("ends too early");
                case OperationStatus.NeedMoreData when written == 0 && _start == _end:
                    return false;
                case OperationStatus.NeedMoreData when written == 0 && consumed == 0:
                    throw Corrupt("is damaged");
            }

            if (written > 0)
            {
                return true;
            }
        }

        return _hasSourceEnded || RefuseMore();
    }

    private OperationStatus Decode(Span<byte> destination, out int consumed, out int written)
    {
        try
        {
            return _decoder.Decompress(Buffer.AsSpan(_start, _end - _start), destination, out consumed, out written, _hasSourceEnded);
        }
        catch (NixFormatException error) when (error.Offset is null)
        {
            throw new NixFormatException(error.Code, error.Message, _offset);
        }
    }

    /// <summary>At the end of a format without members: whether the source has ended too, or has to be read to know.</summary>
    private bool RefuseMore() => _start < _end ? throw Corrupt("is followed by something else") : false;

    private NixFormatException Corrupt(string how) => new(
        NixErrorCodes.CorruptCompression,
        $"The {_name} stream {how}. Get the file again from its source.",
        _offset);

    private bool Release()
    {
        if (_buffer is null)
        {
            return false;
        }

        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        _decoder.Dispose();
        return true;
    }
}
