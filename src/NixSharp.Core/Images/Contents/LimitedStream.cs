using NixSharp.Files;

namespace NixSharp.Images.Contents;

/// <summary>A layer's tar archive, of which no more is read than is allowed.</summary>
internal sealed class LimitedStream(Stream source, long limit, string layer) : ReadOnlyStream
{
    private long _done;

    public override int Read(Span<byte> buffer)
    {
        var read = source.Read(buffer);
        _done += read;
        return _done <= limit
            ? read
            : throw new ImageException(NixErrorCodes.InvalidImage, $"{layer} unpacks to more than {limit} bytes, which is the limit. Raise the limit, if it is meant to be that large.");
    }
}
