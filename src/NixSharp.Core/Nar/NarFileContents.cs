using NixSharp.Files;

namespace NixSharp.Nar;

/// <summary>The bytes of one file in a NAR that is being read.</summary>
internal sealed class NarFileContents(NarReader reader, long size) : ReadOnlyStream
{
    private long _left = size;

    /// <summary>Where the file starts in the NAR.</summary>
    public long NarOffset { get; } = reader.Position;

    public override int Read(Span<byte> buffer)
    {
        if (_left == 0 || buffer.IsEmpty)
        {
            return 0;
        }

        var count = reader.ReadContents(buffer[..(int)Math.Min(buffer.Length, _left)]);
        if (count == 0)
        {
            throw new EndOfStreamException();
        }

        _left -= count;
        return count;
    }

    /// <summary>Reads past what the sink left.</summary>
    public void SkipRest()
    {
        if (reader.TrySkip(_left))
        {
            _left = 0;
            return;
        }

        Span<byte> scratch = stackalloc byte[4096];
        while (Read(scratch) > 0)
        {
        }
    }
}
