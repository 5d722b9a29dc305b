namespace NixSharp.Disks.FileSystems.Ext;

/// <summary>An inode: what a file is, and where its blocks are.</summary>
internal sealed record ExtInode(int Mode, long Size, uint Flags, byte[] Blocks, long Modified)
{
    public const uint HasExtents = 0x80000;
    public const uint HasInlineData = 0x10000000;
    public const uint IsEncrypted = 0x800;

    private const int TypeMask = 0xf000;

    public DiskEntryKind Kind => (Mode & TypeMask) switch
    {
        0x8000 => DiskEntryKind.File,
        0x4000 => DiskEntryKind.Directory,
        0xa000 => DiskEntryKind.Symlink,
        _ => DiskEntryKind.Other,
    };

    /// <summary>Reads the first 128 bytes of an inode. Times are seconds since 1970.</summary>
    public static ExtInode Read(ReadOnlySpan<byte> bytes) => new(
        Bytes.U16(bytes, 0),
        (long)(Bytes.U32(bytes, 4) | ((ulong)Bytes.U32(bytes, 108) << 32)),
        Bytes.U32(bytes, 32),
        bytes.Slice(40, 60).ToArray(),
        (int)Bytes.U32(bytes, 16));
}
