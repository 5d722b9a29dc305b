namespace NixSharp.Csi.Http2;

/// <summary>Goes through the fields of a block of headers, in HPACK's representations (RFC 7541, section 6).</summary>
internal ref struct HeaderReader(byte[] block)
{
    private const int MaxInteger = 1 << 20;

    private int _position = 0;

    public readonly bool IsAtEnd => _position == block.Length;

    /// <summary>Reads one field, or one change of the table's size.</summary>
    /// <param name="index">The index of the field or its name; 0 where it has a name of its own.</param>
    /// <param name="name">The field's own name, if any.</param>
    /// <param name="value">The field's own value; null where it is one of the table's.</param>
    /// <returns>Whether there was one that can be read.</returns>
    public bool TryReadField(out int index, out HeaderText? name, out HeaderText? value)
    {
        (name, value) = (null, null);
        var first = block[_position];
        if ((first & 0x80) != 0)
        {
            return TryReadInteger(7, out index);
        }

        if ((first & 0xe0) == 0x20)
        {
            return TryReadInteger(5, out index);
        }

        return TryReadInteger((first & 0x40) != 0 ? 6 : 4, out index) &&
            (index != 0 || TryReadText(out name)) &&
            TryReadText(out value);
    }

    /// <summary>Writes an integer whose first byte has <paramref name="flags"/> before its <paramref name="prefix"/> bits.</summary>
    public static void WriteInteger(Stream output, byte flags, int prefix, int value)
    {
        var most = (1 << prefix) - 1;
        if (value < most)
        {
            output.WriteByte((byte)(flags | value));
            return;
        }

        output.WriteByte((byte)(flags | most));
        for (value -= most; value >= 0x80; value >>= 7)
        {
            output.WriteByte((byte)(0x80 | (value & 0x7f)));
        }

        output.WriteByte((byte)value);
    }

    private bool TryReadInteger(int prefix, out int value)
    {
        var most = (1 << prefix) - 1;
        value = 0;
        if (IsAtEnd)
        {
            return false;
        }

        value = block[_position++] & most;
        if (value < most)
        {
            return true;
        }

        for (var shift = 0; !IsAtEnd && shift <= 21; shift += 7)
        {
            var next = block[_position++];
            value += (next & 0x7f) << shift;
            if ((next & 0x80) == 0)
            {
                return value <= MaxInteger;
            }
        }

        return false;
    }

    private bool TryReadText(out HeaderText? text)
    {
        text = null;
        var start = _position;
        var isHuffman = !IsAtEnd && (block[_position] & 0x80) != 0;
        if (!TryReadInteger(7, out var length) || length > block.Length - _position)
        {
            return false;
        }

        text = new HeaderText(start, _position + length, isHuffman, block.AsMemory(_position, length));
        _position += length;
        return true;
    }
}
