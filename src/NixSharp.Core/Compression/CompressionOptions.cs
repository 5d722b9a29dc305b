namespace NixSharp.Compression;

/// <summary>How to compress.</summary>
public sealed record CompressionOptions
{
    /// <summary>How hard to try, from <see cref="NarCompression.MinLevel"/> to <see cref="NarCompression.MaxLevel"/>; null takes the compression's own default.</summary>
    public int? Level { get; init; }

    /// <summary>How many threads xz and zstd may use besides the caller's; 0 takes one for each processor. The others use none.</summary>
    public int Threads { get; init; } = 1;
}
