using System.IO.Compression;
using NixSharp.Compression;
using NixSharp.Disks.Blocks;
using NixSharp.Disks.FileSystems;

namespace NixSharp.Disks.Containers;

/// <summary>The disk in a qcow2 image that stands alone; its snapshots are not looked at. Not for several threads.</summary>
internal sealed class Qcow2Blocks : BlockSource
{
    private const ulong OffsetMask = 0x00fffffffffffe00;
    private const ulong IsCompressed = 1UL << 62;
    private const ulong IsZero = 1;
    private const int SectorSize = 512;

    private readonly BlockSource _file;
    private readonly Qcow2Header _header;
    private byte[]? _cluster;
    private ulong _clusterEntry;

    public Qcow2Blocks(BlockSource file, Qcow2Header header)
    {
        _file = file;
        _header = header;
    }

    public override long Length => _header.VirtualSize;

    private int ClusterSize => 1 << _header.ClusterBits;

    protected internal override void ReadInside(long offset, Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var within = (int)(offset & (ClusterSize - 1));
            var piece = buffer[..Math.Min(buffer.Length, ClusterSize - within)];
            ReadCluster(offset >> _header.ClusterBits, within, piece);
            offset += piece.Length;
            buffer = buffer[piece.Length..];
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ReadCluster(long index, int within, Span<byte> piece)
    {
        var entriesInTable = ClusterSize / sizeof(ulong);
        var (first, second) = (index / entriesInTable, index % entriesInTable);
        if (first >= _header.TableEntries)
        {
            throw Damaged("its table is shorter than its disk");
        }

        var table = (long)(Entry(_header.TableOffset + (first * sizeof(ulong))) & OffsetMask);
        var entry = table == 0 ? 0 : Entry(table + (second * sizeof(ulong)));
        if ((entry & IsCompressed) != 0)
        {
            Decompress(entry).AsSpan(within, piece.Length).CopyTo(piece);
        }
        else if ((entry & OffsetMask) == 0 || (entry & IsZero) != 0)
        {
            piece.Clear();
        }
        else if (!_file.TryRead((long)(entry & OffsetMask) + within, piece))
        {
            throw Damaged("a cluster is outside of the file");
        }
    }

    private ulong Entry(long offset)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        return _file.TryRead(offset, bytes) ? Bytes.BigU64(bytes, 0) : throw Damaged("a table is outside of the file");
    }

    private byte[] Decompress(ulong entry)
    {
        if (_cluster is not null && _clusterEntry == entry)
        {
            return _cluster;
        }

        // Below the flags are the sectors beyond the first one, below those the offset.
        var offsetBits = 62 - (_header.ClusterBits - 8);
        var offset = (long)(entry & ((1UL << offsetBits) - 1));
        var sectors = (entry & (IsCompressed - 1)) >> offsetBits;
        var length = ((long)sectors * SectorSize) + SectorSize - (offset % SectorSize);
        length = Math.Min(length, _file.Length - offset);
        if (length <= 0)
        {
            throw Damaged("a compressed cluster is outside of the file");
        }

        var compressed = new byte[length];
        _file.ReadInside(offset, compressed);
        var cluster = new byte[ClusterSize];
        try
        {
            using Stream stream = _header.IsZstd
                ? NarCompression.Zstd.OpenRead(new MemoryStream(compressed))
                : new DeflateStream(new MemoryStream(compressed), CompressionMode.Decompress);
            stream.ReadExactly(cluster);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or NixFormatException)
        {
            throw Damaged("a compressed cluster cannot be decompressed", error);
        }

        (_cluster, _clusterEntry) = (cluster, entry);
        return cluster;
    }

    private static DiskException Damaged(string why, Exception? error = null) => new(
        NixErrorCodes.InvalidDiskContainer,
        $"The qcow2 image is damaged: {why}. Get it again, or check it with 'qemu-img check'.",
        error);
}
