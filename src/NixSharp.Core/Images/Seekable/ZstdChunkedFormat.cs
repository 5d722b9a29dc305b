using System.Buffers.Binary;
using System.Globalization;
using NixSharp.Compression;
using NixSharp.Images.Oci;

namespace NixSharp.Images.Seekable;

/// <summary>
/// zstd:chunked: the table of contents and the headers follow the archive in frames that readers of zstd skip, and so does
/// a footer that says where they are; annotations say it too.
/// </summary>
internal sealed class ZstdChunkedFormat(int level) : SeekableFormat
{
    public const string ChecksumKey = "io.github.containers.zstd-chunked.manifest-checksum";
    public const string PositionKey = "io.github.containers.zstd-chunked.manifest-position";
    public const string TarSplitKey = "io.github.containers.zstd-chunked.tarsplit-position";

    private const int TableType = 1;
    private const int FrameHeaderSize = 8;
    private readonly TarSplit _headers = new(level);
    private AnnotationSet _annotations = AnnotationSet.Empty;

    public override bool IsTableInArchive => false;

    public override AnnotationSet Annotations => _annotations;

    public override void AddRaw(ReadOnlySpan<byte> bytes) => _headers.AddRaw(bytes);

    public override void AddEntry(SeekableEntry entry) => _headers.AddEntry(entry);

    public override void AddContents(ReadOnlySpan<byte> bytes) => _headers.AddContents(bytes);

    public override void End(TarChunker output)
    {
        var (split, splitDigest) = _headers.Finish();
        var offset = output.CutAndTell() + FrameHeaderSize;
        var table = TableOfContents.Write(output, isForZstd: true, splitDigest);
        var packed = Pack(table);
        var splitOffset = offset + packed.Length + FrameHeaderSize;
        output.WriteRaw([.. FrameHeader(packed.Length), .. packed, .. FrameHeader(split.Length), .. split]);
        output.WriteRaw(Footer(offset, packed.Length, table.Length, TableType, splitOffset, split.Length, _headers.Size));
        _annotations = new([
            KeyValuePair.Create(ChecksumKey, OciDigest.Compute(packed).ToString()),
            KeyValuePair.Create(PositionKey, string.Create(CultureInfo.InvariantCulture, $"{offset}:{packed.Length}:{table.Length}:{TableType}")),
            KeyValuePair.Create(TarSplitKey, string.Create(CultureInfo.InvariantCulture, $"{splitOffset}:{split.Length}:{_headers.Size}")),
        ]);
    }

    public override void Dispose()
    {
        _headers.Dispose();
        base.Dispose();
    }

    private static byte[] FrameHeader(int size)
    {
        byte[] header = [0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), size);
        return header;
    }

    private static byte[] Footer(params ReadOnlySpan<long> fields)
    {
        var numbers = new byte[8 * fields.Length];
        for (var index = 0; index < fields.Length; index++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(numbers.AsSpan(8 * index), fields[index]);
        }

        return [.. FrameHeader(numbers.Length + 8), .. numbers, .. "GNUlInUx"u8];
    }

    private byte[] Pack(byte[] table)
    {
        using var packed = new MemoryStream();
        using (var zstd = NarCompression.Zstd.OpenWrite(packed, new CompressionOptions { Level = level }, leaveOpen: true))
        {
            zstd.Write(table);
        }

        return packed.ToArray();
    }
}
