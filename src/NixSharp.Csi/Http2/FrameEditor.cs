using System.Buffers;
using System.Buffers.Binary;

namespace NixSharp.Csi.Http2;

/// <summary>
/// Passes on what an HTTP/2 client sends (RFC 9113), frame by frame, with blocks of headers edited. What is no HTTP/2, or
/// has frames that are too large, is passed on as it is: the server behind refuses it in its own words.
/// </summary>
internal sealed class FrameEditor : IDisposable
{
    private const int HeaderSize = 9;
    private const int MaxFrameSize = 16 * 1024;
    private const int MaxBlockSize = 64 * 1024;
    private const int PrioritySize = 5;

    private const byte Headers = 1;
    private const byte Continuation = 9;
    private const byte EndStream = 0x01;
    private const byte EndHeaders = 0x04;
    private const byte Padded = 0x08;
    private const byte Priority = 0x20;

    private readonly MemoryStream _block = new();
    private byte[] _priority = [];
    private byte[] _stream = [];
    private byte _flags;
    private bool _isInBlock;
    private bool _isStarted;
    private bool _isPlain;

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Writes all that is whole in <paramref name="input"/> to <paramref name="output"/>.</summary>
    /// <returns>Where the rest starts.</returns>
    /// <exception cref="InvalidDataException">The headers of a request are too large, or not where they may be.</exception>
    public SequencePosition Edit(ReadOnlySequence<byte> input, IBufferWriter<byte> output)
    {
        while (!_isPlain)
        {
            if (!_isStarted)
            {
                if (input.Length < Preface.Length)
                {
                    return input.Start;
                }

                _isStarted = true;
                _isPlain = !input.Slice(0, Preface.Length).ToArray().AsSpan().SequenceEqual(Preface);
                if (!_isPlain)
                {
                    output.Write(Preface);
                    input = input.Slice(Preface.Length);
                }
            }
            else if (!TryEditFrame(ref input, output))
            {
                return input.Start;
            }
        }

        foreach (var segment in input)
        {
            output.Write(segment.Span);
        }

        return input.End;
    }

    public void Dispose() => _block.Dispose();

    private bool TryEditFrame(ref ReadOnlySequence<byte> input, IBufferWriter<byte> output)
    {
        if (input.Length < HeaderSize)
        {
            return false;
        }

        var header = input.Slice(0, HeaderSize).ToArray();
        var size = (header[0] << 16) | (header[1] << 8) | header[2];
        if (size > MaxFrameSize)
        {
            _isPlain = true;
            return true;
        }

        if (input.Length < HeaderSize + size)
        {
            return false;
        }

        var payload = input.Slice(HeaderSize, size).ToArray();
        input = input.Slice(HeaderSize + size);
        if (header[3] is Headers or Continuation)
        {
            EditHeaders(header, payload, output);
        }
        else
        {
            output.Write(header);
            output.Write(payload);
        }

        return true;
    }

    private void EditHeaders(byte[] header, byte[] payload, IBufferWriter<byte> output)
    {
        if (header[3] == Headers == _isInBlock)
        {
            throw new InvalidDataException("The headers of a request are not in one piece.");
        }

        var part = payload.AsSpan();
        if (header[3] == Headers)
        {
            (_flags, _stream) = (header[4], header[5..]);
            Strip(ref part);
            _block.SetLength(0);
        }

        _block.Write(part);
        if (_block.Length > MaxBlockSize)
        {
            throw new InvalidDataException($"The headers of a request have more than {MaxBlockSize} bytes.");
        }

        _isInBlock = (header[4] & EndHeaders) == 0;
        if (!_isInBlock)
        {
            WriteBlock(HeaderBlock.ReplaceAuthority(_block.ToArray()), output);
        }
    }

    /// <summary>Takes padding and priority off the first part of a block.</summary>
    private void Strip(ref Span<byte> part)
    {
        var isPadded = (_flags & Padded) != 0;
        var padding = isPadded && !part.IsEmpty ? part[0] : 0;
        var start = isPadded ? 1 : 0;
        var priority = (_flags & Priority) != 0 ? PrioritySize : 0;
        if (part.Length < start + priority + padding)
        {
            throw new InvalidDataException("The headers of a request are shorter than their padding.");
        }

        _priority = part.Slice(start, priority).ToArray();
        part = part[(start + priority)..^padding];
    }

    private void WriteBlock(ReadOnlySpan<byte> block, IBufferWriter<byte> output)
    {
        var type = Headers;
        var flags = (byte)(_flags & (EndStream | Priority));
        Span<byte> header = stackalloc byte[HeaderSize];
        do
        {
            var before = type == Headers ? _priority : [];
            var size = Math.Min(block.Length, MaxFrameSize - before.Length);
            var isLast = size == block.Length;
            BinaryPrimitives.WriteInt32BigEndian(header, (before.Length + size) << 8);
            header[3] = type;
            header[4] = (byte)(flags | (isLast ? EndHeaders : 0));
            _stream.CopyTo(header[5..]);
            output.Write(header);
            output.Write(before);
            output.Write(block[..size]);
            block = block[size..];
            (type, flags) = (Continuation, 0);
        }
        while (!block.IsEmpty);
    }
}
