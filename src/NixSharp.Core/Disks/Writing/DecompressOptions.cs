namespace NixSharp.Disks.Writing;

/// <summary>How an image is decompressed.</summary>
public sealed record DecompressOptions
{
    /// <summary>Whether the SHA-256 of the image is computed. It costs time for holes too. Default true.</summary>
    public bool ComputeHash { get; init; } = true;

    /// <summary>The most bytes that may come out, so that a small file cannot fill a disk. Default 1 TiB.</summary>
    public long MaxSize { get; init; } = 1L << 40;

    /// <summary>Is told how much of the compressed file is read.</summary>
    public IProgress<NixProgress>? Progress { get; init; }
}
