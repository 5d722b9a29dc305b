using NixSharp.Files;

namespace NixSharp.Compression;

/// <summary>Reads member after member with another library's stream, whose failures become errors with a code and an offset.</summary>
internal sealed class ForeignDecoderStream : ReadOnlyStream
{
    private readonly Stream _stream;
    private readonly CompressedSource _source;
    private readonly Func<Stream, Stream> _open;
    private readonly string _name;
    private readonly bool _leaveOpen;
    private Stream? _member;
    private bool _hasMember;

    /// <param name="source">The compressed bytes.</param>
    /// <param name="open">Opens the next member; the stream leaves the one that it is given open.</param>
    /// <param name="name">The compression's name.</param>
    /// <param name="leaveOpen">Whether <paramref name="source"/> stays open.</param>
    public ForeignDecoderStream(Stream source, Func<Stream, Stream> open, string name, bool leaveOpen)
    {
        _stream = source;
        _source = new CompressedSource(source);
        _open = open;
        _name = name;
        _leaveOpen = leaveOpen;
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        try
        {
            while (_member is not null || !_hasMember || !_source.IsAtEnd)
            {
                _hasMember = true;
                _member ??= _open(_source);
                if (_member.Read(buffer) is var count and > 0)
                {
                    return count;
                }

                _member.Dispose();
                _member = null;
            }

            return 0;
        }
        catch (Exception error) when (error is not (OutOfMemoryException or ObjectDisposedException))
        {
            _source.Failure?.Throw();

            // Decompressors meet damage in many ways: with errors of their own, at the end of a stream, outside of an array.
            throw new NixFormatException(
                NixErrorCodes.CorruptCompression,
                $"The {_name} stream {(_source.IsAtEnd ? "is damaged or ends too early" : "is damaged")}: {error.Message.TrimEnd('.')}. Get the file again from its source.",
                _source.Offset,
                error);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _member?.Dispose();
            _member = null;
            _source.Dispose();
            if (!_leaveOpen)
            {
                _stream.Dispose();
            }
        }

        base.Dispose(disposing);
    }
}
