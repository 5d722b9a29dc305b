namespace NixSharp.Compression.Deflate;

/// <summary>How hard the search for repetitions is.</summary>
/// <param name="MaxChain">How many earlier places are looked at.</param>
/// <param name="NiceLength">The length that is long enough to look no further.</param>
/// <param name="LazyLength">Up to this length it is tried whether a match one byte later is longer; 0 never does.</param>
/// <param name="InsertLength">Up to this length every place in a match is remembered.</param>
internal readonly record struct DeflateLevel(int MaxChain, int NiceLength, int LazyLength, int InsertLength)
{
    private static readonly DeflateLevel[] Levels =
    [
        new(1, 32, 0, 4),
        new(4, 32, 0, 8),
        new(8, 64, 0, 32),
        new(8, 64, 8, 64),
        new(16, 96, 16, 258),
        new(32, 128, 32, 258),
        new(64, 192, 64, 258),
        new(256, 258, 128, 258),
        new(1024, 258, 258, 258),
    ];

    /// <summary>The settings of a level from 1, fast, to 9, small.</summary>
    public static DeflateLevel Of(int level) => Levels[level - 1];
}
