using NixSharp.Disks.Blocks;
using NixSharp.Disks.FileSystems.Ext;
using NixSharp.Disks.FileSystems.Fat;

namespace NixSharp.Disks.FileSystems;

/// <summary>Recognises what is on a disk or partition.</summary>
internal static class FileSystemDetector
{
    private const int IsoDescriptor = 32768;
    private const int BtrfsSuperblock = 65536;
    private static readonly byte[] LuksMark = [(byte)'L', (byte)'U', (byte)'K', (byte)'S', 0xba, 0xbe];
    private static readonly int[] PageSizes = [4096, 8192, 16384, 65536];

    /// <summary>What it is; null where nothing is recognised.</summary>
    public static DetectedFileSystem? Detect(BlockSource source) =>
        DetectLuks(source)
        ?? ExtSuperblock.Detect(source)
        ?? DetectSquash(source)
        ?? DetectXfs(source)
        ?? DetectBtrfs(source)
        ?? DetectIso(source)
        ?? DetectSwap(source)
        ?? FatBootSector.Detect(source);

    private static DetectedFileSystem? DetectLuks(BlockSource source)
    {
        Span<byte> header = stackalloc byte[512];
        if (!source.TryRead(0, header) || !header[..6].SequenceEqual(LuksMark))
        {
            return null;
        }

        var version = (header[6] << 8) | header[7];
        return new DetectedFileSystem
        {
            Type = "crypto_LUKS",
            Version = $"{version}",
            Label = version == 2 ? Bytes.Text(header.Slice(24, 48)) : null,
            Id = Bytes.Text(header.Slice(168, 40)),
        };
    }

    private static DetectedFileSystem? DetectSquash(BlockSource source)
    {
        Span<byte> header = stackalloc byte[96];
        if (!source.TryRead(0, header) || !header[..4].SequenceEqual("hsqs"u8))
        {
            return null;
        }

        var size = Bytes.U64(header, 40);
        return new DetectedFileSystem
        {
            Type = "squashfs",
            Version = $"{Bytes.U16(header, 28)}.{Bytes.U16(header, 30)}",
            Size = size <= long.MaxValue ? (long)size : null,
        };
    }

    private static DetectedFileSystem? DetectXfs(BlockSource source)
    {
        Span<byte> header = stackalloc byte[120];
        return source.TryRead(0, header) && header[..4].SequenceEqual("XFSB"u8)
            ? new DetectedFileSystem
            {
                Type = "xfs",
                Label = Bytes.Text(header.Slice(108, 12)),
                Id = Bytes.Uuid(header.Slice(32, 16)),
                Size = Bytes.Product(Bytes.BigU32(header, 4), Bytes.BigU64(header, 8)),
            }
            : null;
    }

    private static DetectedFileSystem? DetectBtrfs(BlockSource source)
    {
        Span<byte> header = stackalloc byte[0x22b];
        if (!source.TryRead(BtrfsSuperblock, header) || !header.Slice(64, 8).SequenceEqual("_BHRfS_M"u8))
        {
            return null;
        }

        var size = Bytes.U64(header, 0x70);
        return new DetectedFileSystem
        {
            Type = "btrfs",
            Label = Bytes.Text(header.Slice(0x12b, 256)),
            Id = Bytes.Uuid(header.Slice(0x20, 16)),
            Size = size <= long.MaxValue ? (long)size : null,
        };
    }

    private static DetectedFileSystem? DetectIso(BlockSource source)
    {
        Span<byte> header = stackalloc byte[830];
        if (!source.TryRead(IsoDescriptor, header) || header[0] != 1 || !header.Slice(1, 5).SequenceEqual("CD001"u8))
        {
            return null;
        }

        // Like blkid, the time of creation stands for a UUID.
        var time = header.Slice(813, 16);
        var id = time.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            ? null
            : $"{Digits(time, 0, 4)}-{Digits(time, 4, 2)}-{Digits(time, 6, 2)}-{Digits(time, 8, 2)}-{Digits(time, 10, 2)}-{Digits(time, 12, 2)}-{Digits(time, 14, 2)}";
        return new DetectedFileSystem
        {
            Type = "iso9660",
            Label = Bytes.Text(header.Slice(40, 32)),
            Id = id,
            Size = Bytes.Product(Bytes.U32(header, 80), Bytes.U16(header, 128)),
        };
    }

    private static string Digits(ReadOnlySpan<byte> time, int offset, int count) => System.Text.Encoding.ASCII.GetString(time.Slice(offset, count));

    private static DetectedFileSystem? DetectSwap(BlockSource source)
    {
        Span<byte> mark = stackalloc byte[10];
        Span<byte> header = stackalloc byte[44];
        foreach (var pageSize in PageSizes)
        {
            if (source.TryRead(pageSize - 10, mark) && mark.SequenceEqual("SWAPSPACE2"u8) && source.TryRead(1024, header))
            {
                return new DetectedFileSystem
                {
                    Type = "swap",
                    Version = $"{Bytes.U32(header, 0)}",
                    Label = Bytes.Text(header.Slice(28, 16)),
                    Id = Bytes.Uuid(header.Slice(12, 16)),
                    Size = Bytes.Product(Bytes.U32(header, 4) + 1UL, (ulong)pageSize),
                };
            }
        }

        return null;
    }
}
