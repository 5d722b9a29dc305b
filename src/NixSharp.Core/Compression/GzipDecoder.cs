using System.Buffers;
using System.Buffers.Binary;
using ICSharpCode.SharpZipLib.Checksum;
using ICSharpCode.SharpZipLib.Zip.Compression;

namespace NixSharp.Compression;

/// <summary>
/// Reads gzip (RFC 1952), member after member, and checks each member's size and checksum. .NET's own reader takes
/// a file that ends too early, or has something else behind it, for a whole one.
/// </summary>
internal sealed class GzipDecoder : IDecoder
{
    private const int BufferSize = 64 * 1024;

    private readonly Inflater _inflater = new(noHeader: true);
    private readonly Crc32 _crc = new();
    private readonly GzipHeader _header = new();
    private readonly byte[] _trailer = new byte[8];
    private readonly byte[] _input = ArrayPool<byte>.Shared.Rent(BufferSize);
    private readonly byte[] _output = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _position;
    private int _count;
    private int _trailerLength;
    private uint _size;
    private bool _isInBody;
    private bool _isInTrailer;
    private bool _hasMember;
    private bool _isDisposed;

    public bool HasMembers => false;

    public OperationStatus Decompress(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written, bool isFinal)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        (consumed, written) = (0, 0);
        while (true)
        {
            if (_isInBody)
            {
                if (!TryInflate(destination, out written))
                {
                    return OperationStatus.InvalidData;
                }

                if (written > 0)
                {
                    return OperationStatus.DestinationTooSmall;
                }

                if (_inflater.IsFinished)
                {
                    (_isInBody, _isInTrailer, _trailerLength) = (false, true, 0);
                    _position = _count - _inflater.RemainingInput;
                    continue;
                }
            }

            if (_position == _count)
            {
                if (consumed == source.Length)
                {
                    var isBetweenMembers = !_isInBody && !_isInTrailer && _hasMember && _header.IsAtStart;
                    return isFinal && isBetweenMembers ? OperationStatus.Done : OperationStatus.NeedMoreData;
                }

                (_position, _count) = (0, Math.Min(source.Length - consumed, BufferSize));
                source.Slice(consumed, _count).CopyTo(_input);
                consumed += _count;
            }

            if (!TryTake())
            {
                return OperationStatus.InvalidData;
            }
        }
    }

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            ArrayPool<byte>.Shared.Return(_input);
            ArrayPool<byte>.Shared.Return(_output);
        }
    }

    private bool TryInflate(Span<byte> destination, out int written)
    {
        try
        {
            written = _inflater.Inflate(_output, 0, Math.Min(destination.Length, BufferSize));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            written = 0;
            return false;
        }

        _crc.Update(new ArraySegment<byte>(_output, 0, written));
        _size += (uint)written;
        _output.AsSpan(0, written).CopyTo(destination);
        return !_inflater.IsNeedingDictionary;
    }

    /// <summary>Takes what there is of the body, or one byte of what is around it.</summary>
    private bool TryTake()
    {
        if (_isInBody)
        {
            _inflater.SetInput(_input, _position, _count - _position);
            _position = _count;
            return true;
        }

        var next = _input[_position++];
        if (!_isInTrailer)
        {
            if (!_header.TryTake(next))
            {
                return false;
            }

            if (_header.IsComplete)
            {
                _header.Restart();
                _inflater.Reset();
                _crc.Reset();
                _size = 0;
                _isInBody = true;
            }

            return true;
        }

        _trailer[_trailerLength++] = next;
        if (_trailerLength < _trailer.Length)
        {
            return true;
        }

        (_isInTrailer, _hasMember) = (false, true);
        return BinaryPrimitives.ReadUInt32LittleEndian(_trailer) == (uint)_crc.Value
            && BinaryPrimitives.ReadUInt32LittleEndian(_trailer.AsSpan(4)) == _size;
    }
}
