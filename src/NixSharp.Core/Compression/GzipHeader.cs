namespace NixSharp.Compression;

/// <summary>Steps over the header of a gzip member, byte by byte.</summary>
internal sealed class GzipHeader
{
    private const int FixedSize = 10;
    private const int HasChecksum = 0x02;
    private const int HasExtra = 0x04;
    private const int HasName = 0x08;
    private const int HasComment = 0x10;
    private const int Reserved = 0xE0;

    private int _position;
    private int _flags;
    private int _extraSize;
    private int _left;

    public bool IsAtStart => _position == 0;

    public bool IsComplete => _position >= FixedSize && _flags == 0;

    /// <summary>Takes the next byte; false where it can't be there.</summary>
    public bool TryTake(byte value)
    {
        var at = _position++;
        if (at >= FixedSize)
        {
            TakeOptional(value);
            return true;
        }

        if (at == 3)
        {
            _flags = value & (HasChecksum | HasExtra | HasName | HasComment);
            _left = 2;
            return (value & Reserved) == 0;
        }

        return at switch
        {
            0 => value == 0x1F,
            1 => value == 0x8B,
            2 => value == 8,
            _ => true,
        };
    }

    public void Restart() => (_position, _flags, _extraSize) = (0, 0, 0);

    private void TakeOptional(byte value)
    {
        if ((_flags & HasExtra) != 0)
        {
            if (_left > 0)
            {
                _extraSize |= value << (8 * (2 - _left));
                _left--;
            }
            else
            {
                _extraSize--;
            }

            if (_left == 0 && _extraSize == 0)
            {
                _flags &= ~HasExtra;
                _left = 2;
            }
        }
        else if ((_flags & (HasName | HasComment)) != 0)
        {
            if (value == 0)
            {
                _flags &= (_flags & HasName) != 0 ? ~HasName : ~HasComment;
            }
        }
        else if (--_left == 0)
        {
            _flags = 0;
        }
    }
}
