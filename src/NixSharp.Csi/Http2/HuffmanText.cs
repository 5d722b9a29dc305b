namespace NixSharp.Csi.Http2;

/// <summary>
/// Measures texts in HPACK's Huffman code (RFC 7541, appendix B). The code is canonical, so how many codes there are of
/// each length is all that it takes.
/// </summary>
internal static class HuffmanText
{
    private const int MaxPadding = 7;

    // The number of codes that have 5, 6, ... 30 bits.
    private static ReadOnlySpan<byte> Counts => [10, 26, 32, 6, 0, 5, 3, 2, 6, 2, 3, 0, 0, 0, 3, 8, 13, 26, 29, 12, 4, 15, 19, 29, 0, 4];

    private const int ShortestCode = 5;

    /// <summary>How many bytes a text has once it is decoded; null where it is in no such code.</summary>
    public static int? MeasureDecoded(ReadOnlySpan<byte> text)
    {
        var (length, bits, code, first, isOnes) = (0, 0, 0L, 0L, true);
        for (var position = 0; position < text.Length * 8; position++)
        {
            var bit = (text[position / 8] >> (7 - (position % 8))) & 1;
            (code, bits, isOnes) = ((code << 1) | (uint)bit, bits + 1, isOnes && bit == 1);
            first <<= 1;
            if (bits < ShortestCode)
            {
                continue;
            }

            if (bits - ShortestCode >= Counts.Length)
            {
                return null;
            }

            var count = Counts[bits - ShortestCode];
            if (code - first < count)
            {
                length++;
                (bits, code, first, isOnes) = (0, 0, 0, true);
            }
            else
            {
                first += count;
            }
        }

        return isOnes && bits <= MaxPadding ? length : null;
    }
}
