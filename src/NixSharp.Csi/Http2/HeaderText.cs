namespace NixSharp.Csi.Http2;

/// <summary>A name or value in a block of headers.</summary>
/// <param name="Start">Where it starts in the block, its length included.</param>
/// <param name="End">Where it ends.</param>
/// <param name="IsHuffman">Whether its bytes are in Huffman code.</param>
/// <param name="Bytes">Its bytes as they are in the block.</param>
internal readonly record struct HeaderText(int Start, int End, bool IsHuffman, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>How many bytes it stands for; null where they are in no Huffman code.</summary>
    public int? DecodedLength => IsHuffman ? HuffmanText.MeasureDecoded(Bytes.Span) : Bytes.Length;
}
