using System.Text;

namespace NixSharp.Csi.Http2;

/// <summary>
/// A block of headers in HPACK (RFC 7541) whose <c>:authority</c> is made one that any server takes. What takes its place
/// is just as long, so the tables of headers on both sides go on agreeing.
/// </summary>
internal static class HeaderBlock
{
    private const byte AuthorityIndex = 1;
    private const byte Filler = (byte)'x';

    private static readonly byte[] AuthorityName = Encoding.ASCII.GetBytes(":authority");

    // The same in Huffman code.
    private static readonly byte[] AuthorityNameInHuffman = [0xb8, 0x3b, 0x53, 0x39, 0xec, 0x32, 0x7d, 0x7f];

    /// <summary>Replaces what <c>:authority</c> is; a block that is no HPACK comes back as it was.</summary>
    public static byte[] ReplaceAuthority(byte[] block)
    {
        var output = new MemoryStream(block.Length);
        var copied = 0;
        var reader = new HeaderReader(block);
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadField(out var index, out var name, out var value))
            {
                return block;
            }

            if (value is null || !IsAuthority(index, name) || value.Value.DecodedLength is not { } length)
            {
                continue;
            }

            output.Write(block, copied, value.Value.Start - copied);
            HeaderReader.WriteInteger(output, 0, 7, length);
            output.Write(Enumerable.Repeat(Filler, length).ToArray());
            copied = value.Value.End;
        }

        output.Write(block, copied, block.Length - copied);
        return output.ToArray();
    }

    private static bool IsAuthority(int index, HeaderText? name) =>
        index == AuthorityIndex ||
        (name is { } text && text.Bytes.Span.SequenceEqual(text.IsHuffman ? AuthorityNameInHuffman : AuthorityName));
}
