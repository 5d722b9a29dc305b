using NixSharp.Compression;
using NixSharp.Disks.Blocks;

namespace NixSharp.Disks.Writing;

/// <summary>Recognises how images are compressed, by their first bytes and not by their names.</summary>
internal static class ImageCompression
{
    public static NarCompression Detect(BlockSource file)
    {
        Span<byte> start = stackalloc byte[6];
        return !file.TryRead(0, start) ? NarCompression.None
            : start.StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd]) ? NarCompression.Zstd
            : start.SequenceEqual((ReadOnlySpan<byte>)[0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]) ? NarCompression.Xz
            : start.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b, 8]) ? NarCompression.Gzip
            : start.StartsWith("BZh"u8) && start[3] is >= (byte)'1' and <= (byte)'9' ? NarCompression.Bzip2
            : NarCompression.None;
    }
}
