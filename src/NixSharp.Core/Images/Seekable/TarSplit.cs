using System.Text;
using Newtonsoft.Json;
using NixSharp.Compression;
using NixSharp.Images.Oci;

namespace NixSharp.Images.Seekable;

/// <summary>
/// What is in a tar archive beside the contents of its files, in the form of the tool tar-split: with it and the files the
/// archive can be put together again, to the byte. Packed with zstd while it is written.
/// </summary>
internal sealed class TarSplit : IDisposable
{
    private const int FileType = 1;
    private const int SegmentType = 2;

    private readonly MemoryStream _packed = new();
    private readonly Stream _zstd;
    private readonly MemoryStream _line = new();
    private readonly MemoryStream _raw = new();
    private SeekableEntry? _entry;
    private Crc64 _checksum;
    private int _position;

    public TarSplit(int level)
    {
        _zstd = NarCompression.Zstd.OpenWrite(_packed, new CompressionOptions { Level = level }, leaveOpen: true);
    }

    /// <summary>The size of all lines before they were packed.</summary>
    public long Size { get; private set; }

    public void AddRaw(ReadOnlySpan<byte> bytes)
    {
        EndFile();
        _raw.Write(bytes);
    }

    public void AddEntry(SeekableEntry entry)
    {
        EndFile();
        EndSegment();
        _entry = entry;
        _checksum = default;
    }

    public void AddContents(ReadOnlySpan<byte> bytes) => _checksum.Add(bytes);

    /// <summary>Writes the last lines; gives everything, packed, and its digest.</summary>
    public (byte[] Packed, string Digest) Finish()
    {
        EndFile();
        EndSegment();
        _zstd.Dispose();
        var packed = _packed.ToArray();
        return (packed, OciDigest.Compute(packed).ToString());
    }

    public void Dispose()
    {
        _zstd.Dispose();
        _packed.Dispose();
        _line.Dispose();
        _raw.Dispose();
    }

    private void EndSegment()
    {
        if (_raw.Length > 0)
        {
            WriteLine(SegmentType, null, 0, _raw.ToArray());
            _raw.SetLength(0);
        }
    }

    private void EndFile()
    {
        if (_entry is { } entry)
        {
            _entry = null;
            WriteLine(FileType, entry.Name, entry.Size, entry.Size > 0 ? _checksum.ToBytes() : null);
        }
    }

    private void WriteLine(int type, string? name, long size, byte[]? payload)
    {
        _line.SetLength(0);
        using (var json = new JsonTextWriter(new StreamWriter(_line, new UTF8Encoding(false), leaveOpen: true)))
        {
            json.WriteStartObject();
            json.WritePropertyName("type");
            json.WriteValue(type);
            if (name is not null)
            {
                json.WritePropertyName("name");
                json.WriteValue(name);
            }

            if (size > 0)
            {
                json.WritePropertyName("size");
                json.WriteValue(size);
            }

            json.WritePropertyName("payload");
            json.WriteValue(payload);
            json.WritePropertyName("position");
            json.WriteValue(_position++);
            json.WriteEndObject();
        }

        _line.WriteByte((byte)'\n');
        _zstd.Write(_line.GetBuffer(), 0, (int)_line.Length);
        Size += _line.Length;
    }
}
