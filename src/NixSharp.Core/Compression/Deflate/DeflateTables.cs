namespace NixSharp.Compression.Deflate;

/// <summary>The symbols of RFC 1951 for lengths and distances.</summary>
internal static class DeflateTables
{
    public const int EndOfBlock = 256;
    public const int LiteralSymbols = 286;
    public const int DistanceSymbols = 30;
    public const int MaxMatch = 258;

    private static readonly byte[] LengthCodes = MakeLengthCodes();
    private static readonly byte[] DistanceCodes = MakeDistanceCodes();

    public static ReadOnlySpan<byte> LengthExtraBits => [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

    public static ReadOnlySpan<ushort> LengthStarts => [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];

    public static ReadOnlySpan<byte> DistanceExtraBits => [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];

    public static ReadOnlySpan<ushort> DistanceStarts =>
        [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];

    /// <summary>The order in which a block's header lists the lengths of the codes for code lengths.</summary>
    public static ReadOnlySpan<byte> CodeLengthOrder => [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    /// <summary>The code of a length from 3 to 258, without 257.</summary>
    public static int LengthCode(int length) => LengthCodes[length];

    /// <summary>The code of a distance from 1 to 32,768.</summary>
    public static int DistanceCode(int distance) => distance <= 256 ? DistanceCodes[distance - 1] : DistanceCodes[256 + ((distance - 1) >> 7)];

    private static byte[] MakeLengthCodes()
    {
        var codes = new byte[MaxMatch + 1];
        for (var code = 0; code < LengthStarts.Length; code++)
        {
            for (var length = (int)LengthStarts[code]; length <= MaxMatch; length++)
            {
                codes[length] = (byte)code;
            }
        }

        return codes;
    }

    private static byte[] MakeDistanceCodes()
    {
        var codes = new byte[512];
        for (var code = 0; code < DistanceStarts.Length; code++)
        {
            for (var distance = (int)DistanceStarts[code]; distance <= 32768; distance++)
            {
                codes[distance <= 256 ? distance - 1 : 256 + ((distance - 1) >> 7)] = (byte)code;
            }
        }

        return codes;
    }
}
