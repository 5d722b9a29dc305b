using NixSharp.Derivations;
using NixSharp.Disks.Blocks;

namespace NixSharp.Disks.FileSystems.Ext;

/// <summary>Reads ext2, ext3 and ext4: extents and block maps, folders of any kind, files whose contents are in the inode.</summary>
internal sealed class ExtFileSystem : DiskFileSystem
{
    private const uint RootInode = 2;
    private const long MaxBlocks = 1L << 32;
    private const int MaxLinkTarget = 4096;
    private const uint Unsupported = 0x1 | 0x8 | ExtSuperblock.HasMetaGroups | 0x1000;

    private readonly ExtSuperblock _block;

    private ExtFileSystem(BlockSource source, ExtSuperblock block)
        : base(source)
    {
        _block = block;
    }

    private protected override DiskEntry Root => Describe("", RootInode);

    /// <exception cref="DiskException">It has features that decide on where things are, and that are not known here.</exception>
    public static ExtFileSystem Open(BlockSource source)
    {
        var block = ExtSuperblock.Read(source) ?? throw Damaged("ext", "it has no superblock that makes sense");
        return (block.Incompatible & Unsupported) == 0
            ? new ExtFileSystem(source, block)
            : throw new DiskException(NixErrorCodes.UnsupportedDisk, $"The {block.Type} file system cannot be read: it uses features (0x{block.Incompatible & Unsupported:x}) that only a kernel knows. Mount it with 'nixsharp disk mount'.");
    }

    internal override IReadOnlyList<DiskEntry> ReadFolder(DiskEntry folder)
    {
        var inode = ReadInode(folder.Location);
        var entries = new List<DiskEntry>();
        foreach (var (name, number) in ReadNames(inode))
        {
            if (name is not ("." or ".."))
            {
                entries.Add(Describe(name, number));
            }
        }

        return entries;
    }

    internal override void ReadFile(DiskEntry file, Stream destination, long limit, CancellationToken cancellationToken) =>
        Copy(ReadInode(file.Location), destination, limit, cancellationToken);

    private protected override DiskEntry? FindChild(DiskEntry folder, string name)
    {
        foreach (var (found, number) in ReadNames(ReadInode(folder.Location)))
        {
            if (found == name)
            {
                return Describe(name, number);
            }
        }

        return null;
    }

    private DiskEntry Describe(string name, uint number)
    {
        var inode = ReadInode(number);
        return new DiskEntry
        {
            Name = name,
            Kind = inode.Kind,
            Size = inode.Size,
            Mode = inode.Mode,
            Modified = DateTimeOffset.FromUnixTimeSeconds(inode.Modified),
            LinkTarget = inode.Kind == DiskEntryKind.Symlink ? ReadLink(inode) : null,
            Location = number,
        };
    }

    private string ReadLink(ExtInode inode)
    {
        if (inode.Size is < 0 or > MaxLinkTarget)
        {
            throw Damage("a symlink is too long");
        }

        // Short targets take the place of the block numbers.
        if (inode.Size < inode.Blocks.Length && (inode.Flags & ExtInode.HasExtents) == 0)
        {
            return ByteText.FromBytes(inode.Blocks.AsSpan(0, (int)inode.Size));
        }

        using var target = new MemoryStream();
        Copy(inode, target, MaxLinkTarget, CancellationToken.None);
        return ByteText.FromBytes(target.GetBuffer().AsSpan(0, (int)target.Length));
    }

    private IEnumerable<(string Name, uint Inode)> ReadNames(ExtInode inode)
    {
        if (inode.Kind != DiskEntryKind.Directory || inode.Size < 0 || inode.Size > Source.Length)
        {
            throw Damage("a folder is none, or larger than the disk");
        }

        if ((inode.Flags & ExtInode.HasInlineData) != 0)
        {
            // The first four bytes are the parent's number.
            return ReadNames(inode.Blocks.AsMemory(4));
        }

        return Runs(inode).Where(static run => run.Physical != 0).SelectMany(Blocks).Take((int)Math.Min(int.MaxValue, inode.Size / _block.BlockSize)).SelectMany(number => ReadNames(ReadBlock(number)));
    }

    private static IEnumerable<ulong> Blocks(ExtRun run)
    {
        for (ulong i = 0; i < run.Count; i++)
        {
            yield return run.Physical + i;
        }
    }

    private IEnumerable<(string Name, uint Inode)> ReadNames(ReadOnlyMemory<byte> block)
    {
        const int EntryHeader = 8;
        for (var offset = 0; offset <= block.Length - EntryHeader;)
        {
            var (inode, length, nameLength) = (Bytes.U32(block.Span, offset), (int)Bytes.U16(block.Span, offset + 4), block.Span[offset + 6]);

            // A block of 64 KiB has room for one length more than the field has.
            length = length is 0 or 65535 && block.Length == 65536 ? 65536 - offset : length;
            if (length < EntryHeader || length % 4 != 0 || length > block.Length - offset || EntryHeader + nameLength > length)
            {
                throw Damage("an entry of a folder is impossible");
            }

            if (inode != 0 && nameLength > 0)
            {
                yield return (ByteText.FromBytes(block.Span.Slice(offset + EntryHeader, nameLength)), inode);
            }

            offset += length;
        }
    }

    private void Copy(ExtInode inode, Stream destination, long limit, CancellationToken cancellationToken)
    {
        if (inode.Size < 0 || inode.Size > MaxBlocks * _block.BlockSize)
        {
            throw Damage("a file has an impossible size");
        }

        if ((inode.Flags & ExtInode.IsEncrypted) != 0)
        {
            throw new DiskException(NixErrorCodes.UnsupportedDisk, "The file cannot be read: it is encrypted. Mount the image where the key is.");
        }

        var size = Math.Min(inode.Size, limit);
        if ((inode.Flags & ExtInode.HasInlineData) != 0)
        {
            destination.Write(size <= inode.Blocks.Length
                ? inode.Blocks.AsSpan(0, (int)size)
                : throw new DiskException(NixErrorCodes.UnsupportedDisk, "The file cannot be read: a part of it is in its extended attributes. Mount the image with 'nixsharp disk mount'."));
            return;
        }

        var at = 0L;
        foreach (var run in Runs(inode))
        {
            var start = Bytes.Product(run.Logical, (ulong)_block.BlockSize) ?? long.MaxValue;
            if (start >= size)
            {
                break;
            }

            Zeros.Fill(destination, start - at, cancellationToken);
            var count = Math.Min(Bytes.Product(run.Count, (ulong)_block.BlockSize) ?? long.MaxValue, size - start);
            if (run.Physical == 0)
            {
                Zeros.Fill(destination, count, cancellationToken);
            }
            else
            {
                Source.CopyTo(OffsetOf(run.Physical, count), count, destination, cancellationToken);
            }

            at = start + count;
        }

        Zeros.Fill(destination, size - at, cancellationToken);
    }

    private IEnumerable<ExtRun> Runs(ExtInode inode) => (inode.Flags & ExtInode.HasExtents) != 0
        ? new ExtExtents(ReadBlock, Damage).Read(inode.Blocks)
        : new ExtIndirect(ReadBlock, _block.BlockSize).Read(inode.Blocks, ((ulong)inode.Size + (ulong)_block.BlockSize - 1) / (ulong)_block.BlockSize);

    private byte[] ReadBlock(ulong number)
    {
        var block = new byte[_block.BlockSize];
        Source.ReadInside(OffsetOf(number, block.Length), block);
        return block;
    }

    private ExtInode ReadInode(uint number)
    {
        if (number == 0 || number > _block.InodeCount)
        {
            throw Damage($"there is no inode {number}");
        }

        var (group, index) = ((number - 1) / _block.InodesPerGroup, (number - 1) % _block.InodesPerGroup);
        Span<byte> descriptor = stackalloc byte[64];
        descriptor = descriptor[..Math.Min(descriptor.Length, _block.DescriptorSize)];
        if (!Source.TryRead(((long)(_block.FirstDataBlock + 1UL) * _block.BlockSize) + ((long)group * _block.DescriptorSize), descriptor))
        {
            throw Damage("the description of a group of blocks is outside of it");
        }

        var table = Bytes.U32(descriptor, 8) | (descriptor.Length >= 64 ? (ulong)Bytes.U32(descriptor, 40) << 32 : 0);
        Span<byte> inode = stackalloc byte[128];
        var offset = (Bytes.Product(table, (ulong)_block.BlockSize) ?? long.MaxValue / 2) + ((long)index * _block.InodeSize);
        return Source.TryRead(offset, inode) ? ExtInode.Read(inode) : throw Damage($"inode {number} is outside of it");
    }

    private long OffsetOf(ulong block, long count) =>
        Bytes.Product(block, (ulong)_block.BlockSize) is { } offset && count <= Source.Length && offset <= Source.Length - count
            ? offset
            : throw Damage($"block {block} is outside of it");

    private DiskException Damage(string why) => Damaged(_block.Type, why);
}
