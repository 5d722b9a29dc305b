using System.Text;

namespace NixSharp.Images.Tar;

/// <summary>
/// Reads the entries of a tar archive that comes from a stranger: of ustar, of pax and of GNU tar, but no sparse files.
/// </summary>
internal sealed class TarEntryReader(TarInput input, ImageLimits limits, string location)
{
    private const int MaxMode = 0xFFF; // 07777

    private readonly byte[] _header = new byte[TarHeader.BlockSize];
    private readonly TarOverrides _overrides = new();
    private long _rest;
    private int _count;

    /// <summary>Goes to the next entry; false at the end of the archive.</summary>
    /// <exception cref="ImageException">The archive is damaged, or has more entries or larger headers than are allowed.</exception>
    public bool TryRead(out TarEntry entry, CancellationToken cancellationToken)
    {
        entry = default;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Skip(_rest);
            _rest = 0;
            if (!TryReadHeader())
            {
                return false;
            }

            if (!TarHeader.IsValid(_header) || !TarHeader.TryReadNumber(_header.AsSpan(124, 12), out var size))
            {
                throw Damaged("a header's checksum or size is wrong");
            }

            var type = (TarEntryType)_header[156];
            var isExtension = type is TarEntryType.Pax or TarEntryType.PaxGlobal or TarEntryType.GnuLongName or TarEntryType.GnuLongLink;
            size = isExtension ? size : _overrides.Size ?? size;
            if (size < 0 || size > (input.Left ?? limits.MaxUnpackedSize))
            {
                throw Damaged("a file is cut off, or too large");
            }

            if (isExtension)
            {
                ReadExtension(type, size);
                Skip(TarHeader.PaddingOf(size));
                continue;
            }

            if (++_count > limits.MaxFiles)
            {
                throw Damaged($"it has more than {limits.MaxFiles} entries");
            }

            // What has no contents has none, whatever its header says; others take the size for true as well.
            _rest = size + TarHeader.PaddingOf(size);
            entry = new TarEntry(
                type,
                _overrides.Name ?? TarHeader.ReadName(_header),
                _overrides.Link ?? Encoding.UTF8.GetString(TarHeader.ReadString(_header.AsSpan(157, 100))),
                input.Offset,
                size,
                ReadId(_header.AsSpan(100, 8), null) & MaxMode,
                ReadId(_header.AsSpan(108, 8), _overrides.Owner),
                ReadId(_header.AsSpan(116, 8), _overrides.Group));
            _overrides.Clear();
            return true;
        }
    }

    /// <summary>Reads the contents of the entry that was read last, which have to be small.</summary>
    /// <exception cref="ImageException">They are larger than <paramref name="maxSize"/>, or cut off.</exception>
    public byte[] ReadContents(TarEntry entry, int maxSize)
    {
        if (entry.Size > maxSize)
        {
            throw Damaged($"'{entry.Name}' has {entry.Size} bytes, and {maxSize} are allowed");
        }

        var contents = new byte[entry.Size];
        ReadExactly(contents);
        _rest -= entry.Size;
        return contents;
    }

    public ImageException Damaged(string why) => new(
        NixErrorCodes.InvalidImage,
        $"{location} is not a tar archive that can be read: {why} (at offset {input.Offset}). Make it again.");

    private bool TryReadHeader()
    {
        // An archive may end without the two empty blocks that mark its end.
        var read = ReadSome(_header);
        if (read is > 0 and < TarHeader.BlockSize)
        {
            throw Damaged("it is cut off");
        }

        return read > 0 && _header.AsSpan().ContainsAnyExcept((byte)0);
    }

    private void ReadExtension(TarEntryType type, long size)
    {
        if (size > limits.MaxHeaderSize)
        {
            throw Damaged($"an extended header has {size} bytes, and {limits.MaxHeaderSize} are allowed");
        }

        var contents = new byte[size];
        ReadExactly(contents);
        switch (type)
        {
            case TarEntryType.GnuLongName:
                _overrides.Name = Encoding.UTF8.GetString(TarHeader.ReadString(contents));
                break;
            case TarEntryType.GnuLongLink:
                _overrides.Link = Encoding.UTF8.GetString(TarHeader.ReadString(contents));
                break;
            case TarEntryType.Pax when !PaxRecords.TryRead(contents, _overrides):
                throw Damaged("an extended header is malformed, or describes a sparse file");
        }
    }

    /// <summary>A number that others write as well as they can; what is not one counts as none.</summary>
    private static int ReadId(ReadOnlySpan<byte> field, long? known) =>
        (known ?? (TarHeader.TryReadNumber(field, out var number) ? number : 0)) is >= 0 and <= ImageOptionsCheck.MaxId and var id ? (int)id : 0;

    private void Skip(long count)
    {
        if (!input.TrySkip(count))
        {
            throw Damaged("it is cut off");
        }
    }

    private void ReadExactly(Span<byte> buffer)
    {
        if (ReadSome(buffer) != buffer.Length)
        {
            throw Damaged("it is cut off");
        }
    }

    private int ReadSome(Span<byte> buffer)
    {
        var done = 0;
        while (done < buffer.Length && input.Read(buffer[done..]) is > 0 and var read)
        {
            done += read;
        }

        return done;
    }
}
