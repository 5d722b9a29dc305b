using NixSharp.Disks.Blocks;

namespace NixSharp.Disks.FileSystems.Ext;

/// <summary>The superblock of ext2, ext3 and ext4.</summary>
internal sealed record ExtSuperblock
{
    public const int Has64Bit = 0x80;
    public const int HasMetaGroups = 0x10;

    private const int Offset = 1024;
    private const int Size = 1024;
    private const int MaxBlockShift = 6;
    private const uint HasJournal = 4;
    private const uint Ext4Incompatible = 0x40 | Has64Bit | 0x100 | 0x200 | 0x400 | 0x1000 | 0x2000 | 0x4000 | 0x8000 | 0x10000 | 0x20000;
    private const uint Ext4ReadOnlyCompatible = 0x8 | 0x10 | 0x20 | 0x40 | 0x400;

    public required string Type { get; init; }

    public required int BlockSize { get; init; }

    public required ulong BlockCount { get; init; }

    public required uint InodeCount { get; init; }

    public required uint InodesPerGroup { get; init; }

    public required uint FirstDataBlock { get; init; }

    public required int InodeSize { get; init; }

    public required int DescriptorSize { get; init; }

    public required uint Incompatible { get; init; }

    public string? Label { get; private init; }

    public string? Id { get; private init; }

    public static DetectedFileSystem? Detect(BlockSource source) => Read(source) is { } block
        ? new DetectedFileSystem { Type = block.Type, Label = block.Label, Id = block.Id, Size = Bytes.Product(block.BlockCount, (ulong)block.BlockSize) }
        : null;

    /// <summary>Reads it; null where there is none that makes sense.</summary>
    public static ExtSuperblock? Read(BlockSource source)
    {
        var bytes = new byte[Size];
        if (!source.TryRead(Offset, bytes) || Bytes.U16(bytes, 56) != 0xef53 || Bytes.U32(bytes, 24) > MaxBlockShift)
        {
            return null;
        }

        var (compatible, incompatible, readOnly) = (Bytes.U32(bytes, 92), Bytes.U32(bytes, 96), Bytes.U32(bytes, 100));
        var isOld = Bytes.U32(bytes, 76) == 0;
        var has64Bit = (incompatible & Has64Bit) != 0;
        var block = new ExtSuperblock
        {
            Type = (incompatible & Ext4Incompatible) != 0 || (readOnly & Ext4ReadOnlyCompatible) != 0 ? "ext4" : (compatible & HasJournal) != 0 ? "ext3" : "ext2",
            BlockSize = 1024 << (int)Bytes.U32(bytes, 24),
            BlockCount = Bytes.U32(bytes, 4) | (has64Bit ? (ulong)Bytes.U32(bytes, 0x150) << 32 : 0),
            InodeCount = Bytes.U32(bytes, 0),
            InodesPerGroup = Bytes.U32(bytes, 40),
            FirstDataBlock = Bytes.U32(bytes, 20),
            InodeSize = isOld ? 128 : Bytes.U16(bytes, 88),
            DescriptorSize = has64Bit ? Bytes.U16(bytes, 254) : 32,
            Incompatible = incompatible,
            Label = Bytes.Text(bytes.AsSpan(120, 16)),
            Id = Bytes.Uuid(bytes.AsSpan(104, 16)),
        };
        var isSane = block.InodesPerGroup > 0 && block.BlockCount > 0 &&
            block.InodeSize >= 128 && block.InodeSize <= block.BlockSize && int.IsPow2(block.InodeSize) &&
            block.DescriptorSize >= 32 && block.DescriptorSize <= block.BlockSize && block.DescriptorSize % 8 == 0;
        return isSane ? block : null;
    }
}
