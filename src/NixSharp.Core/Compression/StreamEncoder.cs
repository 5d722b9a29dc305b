using System.Buffers;

namespace NixSharp.Compression;

/// <summary>Makes an encoder of a stream that compresses.</summary>
internal sealed class StreamEncoder : IEncoder
{
    private const int MaxInput = 128 * 1024;

    private readonly MemoryStream _compressed = new();
    private readonly Stream _stream;
    private readonly byte[] _empty;
    private int _taken;
    private bool _hasInput;
    private bool _isFinished;

    /// <param name="open">Opens the stream, which writes to the one given and leaves it open.</param>
    /// <param name="empty">What stands for no input, where the stream writes nothing then.</param>
    public StreamEncoder(Func<Stream, Stream> open, params byte[] empty)
    {
        _stream = open(_compressed);
        _empty = empty;
    }

    public OperationStatus Compress(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written, bool isFinal)
    {
        consumed = 0;
        if (_taken == _compressed.Length && !_isFinished)
        {
            // Not more at once than is drained before the next piece, so that the buffer stays small.
            _taken = 0;
            _compressed.SetLength(0);
            consumed = Math.Min(source.Length, MaxInput);
            _stream.Write(source[..consumed]);
            _hasInput |= consumed > 0;
            if (isFinal && consumed == source.Length)
            {
                _stream.Dispose();
                _isFinished = true;
                if (!_hasInput)
                {
                    _compressed.Write(_empty);
                }
            }
        }

        written = Math.Min(destination.Length, (int)_compressed.Length - _taken);
        _compressed.GetBuffer().AsSpan(_taken, written).CopyTo(destination);
        _taken += written;
        return _taken < _compressed.Length || consumed < source.Length || (isFinal && !_isFinished)
            ? OperationStatus.DestinationTooSmall
            : OperationStatus.Done;
    }

    public void Dispose()
    {
        if (!_isFinished)
        {
            _isFinished = true;
            _stream.Dispose();
        }

        _compressed.Dispose();
    }
}
