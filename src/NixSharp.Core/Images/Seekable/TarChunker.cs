using System.Security.Cryptography;
using System.Text;
using NixSharp.Compression;
using NixSharp.Images.Oci;
using NixSharp.Images.Tar;

namespace NixSharp.Images.Seekable;

/// <summary>
/// Cuts a tar archive so that each file starts a block of its own, and remembers where. Takes archives that are made here
/// only: strangers' may have what no table of contents has room for.
/// </summary>
internal sealed class TarChunker : BlockStream
{
    private readonly SeekableFormat _format;
    private readonly IncrementalHash _archive = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _file = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _header = new byte[TarHeader.BlockSize];
    private readonly TarOverrides _overrides = new();
    private readonly List<SeekableEntry> _entries = [];
    private readonly Queue<Task<PooledBlock>> _packing = new();
    private readonly List<long> _ends = [];
    private MemoryStream? _extension;
    private SeekableEntry? _entry;
    private int _headerLength;
    private long _contentsLeft;
    private long _fileOffset;
    private int _paddingLeft;
    private bool _hasEnded;

    public TarChunker(SeekableFormat format, Func<PooledBlock, bool, Task<PooledBlock>> emit)
        : base(BlockPipeline.BlockSize, emit)
    {
        _format = format;
        format.Begin(this);
    }

    public IReadOnlyList<SeekableEntry> Entries => _entries;

    /// <summary>The digest of the archive as it came, without a table of contents; once that is finished.</summary>
    public byte[]? ArchiveDigest { get; private set; }

    public AnnotationSet Annotations => _format.Annotations;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var take = Take(buffer);
            buffer = buffer[take..];
        }
    }

    public override int ReadFrom(Stream source, long count)
    {
        if (_contentsLeft == 0)
        {
            Span<byte> bytes = stackalloc byte[TarHeader.BlockSize];
            var some = source.Read(bytes[..(int)Math.Min(count, bytes.Length)]);
            Write(bytes[..some]);
            return some;
        }

        var read = source.Read(Free[..(int)Math.Min(Math.Min(count, _contentsLeft), Free.Length)]);
        TakeContents(read);
        return read;
    }

    public override byte[] Finish()
    {
        ArchiveDigest = _archive.GetHashAndReset();
        _format.End(this);
        return base.Finish();
    }

    /// <summary>Where a block that was handed on starts in the layer; the one after the last one where the layer ends so far.</summary>
    public long OffsetOf(int block)
    {
        while (_ends.Count < block)
        {
            // This is a thread of its own, which may wait.
            Settle(_packing.Dequeue().GetAwaiter().GetResult());
        }

        return block == 0 ? 0 : _ends[block - 1];
    }

    /// <summary>Hands on what there is, and tells where the next block will start.</summary>
    public long CutAndTell()
    {
        Cut();
        return OffsetOf(BlockCount);
    }

    /// <summary>Writes bytes that are no part of what came.</summary>
    public void WriteOwn(ReadOnlySpan<byte> bytes) => base.Write(bytes);

    /// <summary>Writes a file that is no part of what came, as an entry of its own; returns what the table of contents says of it.</summary>
    public void WriteOwnFile(string name, ReadOnlySpan<byte> contents, bool isListed)
    {
        var header = new byte[TarHeader.BlockSize];
        TarHeader.Write(header, [], Encoding.UTF8.GetBytes(name), TarEntryType.File, new TarAttributes(TarModes.Store.File), contents.Length, []);
        base.Write(header);
        if (isListed)
        {
            Cut();
            var digest = OciDigest.Compute(contents).ToString();
            var entry = new SeekableEntry(name, TarEntryType.File) { Size = contents.Length, Mode = TarModes.Store.File, Time = TarHeader.Time, Digest = digest };
            entry.Chunks.Add(new SeekableChunk(BlockCount, 0, contents.Length, digest));
            _entries.Add(entry);
        }

        base.Write(contents);
        if (isListed)
        {
            Cut();
        }

        base.Write(new byte[TarHeader.PaddingOf(contents.Length)]);
    }

    protected override void OnEmitted(Task<PooledBlock> block)
    {
        _packing.Enqueue(block);
        while (_packing.TryPeek(out var first) && first.IsCompletedSuccessfully)
        {
            Settle(_packing.Dequeue().Result);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _archive.Dispose();
            _file.Dispose();
        }

        base.Dispose(disposing);
    }

    // The block itself may be written and gone by now; its length stays.
    private void Settle(PooledBlock block) => _ends.Add((_ends.Count == 0 ? 0 : _ends[^1]) + block.Length);

    private int Take(ReadOnlySpan<byte> buffer)
    {
        if (_contentsLeft > 0)
        {
            var contents = buffer[..(int)Math.Min(Math.Min(buffer.Length, _contentsLeft), Free.Length)];
            contents.CopyTo(Free);
            TakeContents(contents.Length);
            return contents.Length;
        }

        if (_paddingLeft > 0)
        {
            var padding = buffer[..Math.Min(buffer.Length, _paddingLeft)];
            _paddingLeft -= padding.Length;
            AddRaw(padding);
            return padding.Length;
        }

        var part = buffer[..Math.Min(buffer.Length, _header.Length - _headerLength)];
        part.CopyTo(_header.AsSpan(_headerLength));
        _headerLength += part.Length;
        if (_headerLength == _header.Length)
        {
            _headerLength = 0;
            TakeHeader();
        }

        return part.Length;
    }

    /// <summary>Takes contents that lie in the current block already.</summary>
    private void TakeContents(int count)
    {
        var bytes = Free[..count];
        _archive.AppendData(bytes);
        _contentsLeft -= count;
        if (_extension is not null)
        {
            _extension.Write(bytes);
            _format.AddRaw(bytes);
        }
        else
        {
            _file.AppendData(bytes);
            _format.AddContents(bytes);
        }

        if (_entry is null || (Filled + count < BlockPipeline.BlockSize && _contentsLeft > 0))
        {
            Advance(count);
        }
        else
        {
            var size = Filled + count;
            _entry.Chunks.Add(new SeekableChunk(BlockCount, _fileOffset, size, OciDigest.Compute(Block[..size]).ToString()));
            _fileOffset += size;
            Advance(count);
            Cut();
        }

        if (_contentsLeft == 0)
        {
            EndContents();
        }
    }

    private void EndContents()
    {
        if (_extension is { } extension)
        {
            _extension = null;
            var records = extension.ToArray();
            if ((TarEntryType)_header[156] == TarEntryType.Pax)
            {
                PaxRecords.TryRead(records, _overrides);
            }
        }
        else
        {
            _entry!.Digest = OciDigest.FromBytes(_file.GetHashAndReset()).ToString();
            _entry = null;
        }
    }

    private void TakeHeader()
    {
        if (_hasEnded || !_header.AsSpan().ContainsAnyExcept((byte)0))
        {
            _hasEnded = true;
            _archive.AppendData(_header);
            if (!_format.IsTableInArchive)
            {
                _format.AddRaw(_header);
                base.Write(_header);
            }

            return;
        }

        AddRaw(_header);
        var type = (TarEntryType)_header[156];
        TarHeader.TryReadNumber(_header.AsSpan(124, 12), out var size);
        if (type is TarEntryType.Pax or TarEntryType.PaxGlobal or TarEntryType.GnuLongName or TarEntryType.GnuLongLink)
        {
            _extension = new MemoryStream();
            (_contentsLeft, _paddingLeft) = (size, TarHeader.PaddingOf(size));
            return;
        }

        size = _overrides.Size ?? size;
        var entry = new SeekableEntry(_overrides.Name ?? TarHeader.ReadName(_header), type)
        {
            Link = _overrides.Link ?? Encoding.UTF8.GetString(TarHeader.ReadString(_header.AsSpan(157, 100))),
            Size = size,
            Mode = Number(100, 8),
            Owner = _overrides.Owner ?? Number(108, 8),
            Group = _overrides.Group ?? Number(116, 8),
            Time = Number(136, 12),
        };
        _overrides.Clear();
        _entries.Add(entry);
        _format.AddEntry(entry);
        if (size > 0)
        {
            Cut();
            (_entry, _contentsLeft, _fileOffset, _paddingLeft) = (entry, size, 0, TarHeader.PaddingOf(size));
        }
    }

    private long Number(int start, int length)
    {
        TarHeader.TryReadNumber(_header.AsSpan(start, length), out var number);
        return number;
    }

    private void AddRaw(ReadOnlySpan<byte> bytes)
    {
        _archive.AppendData(bytes);
        _format.AddRaw(bytes);
        base.Write(bytes);
    }
}
