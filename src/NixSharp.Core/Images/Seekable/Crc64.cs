using System.Buffers.Binary;

namespace NixSharp.Images.Seekable;

/// <summary>The CRC-64 of ISO 3309, as Go has it; .NET has that of ECMA-182 only.</summary>
internal struct Crc64
{
    private const ulong Polynomial = 0xD800000000000000;

    private static readonly ulong[] Tables = MakeTables();

    private ulong _inverse;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        var crc = ~_inverse;
        var tables = Tables;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            crc ^= BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            var next = 0UL;
            for (var index = 0; index < 8; index++)
            {
                next ^= tables[((7 - index) << 8) + (int)((crc >> (8 * index)) & 0xFF)];
            }

            crc = next;
        }

        foreach (var value in bytes)
        {
            crc = tables[(int)((crc ^ value) & 0xFF)] ^ (crc >> 8);
        }

        _inverse = ~crc;
    }

    /// <summary>The sum, highest byte first.</summary>
    public readonly byte[] ToBytes()
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _inverse);
        return bytes;
    }

    private static ulong[] MakeTables()
    {
        var tables = new ulong[8 * 256];
        for (var value = 0; value < 256; value++)
        {
            var crc = (ulong)value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
            }

            tables[value] = crc;
        }

        for (var index = 256; index < tables.Length; index++)
        {
            var before = tables[index - 256];
            tables[index] = tables[(int)(before & 0xFF)] ^ (before >> 8);
        }

        return tables;
    }
}
