using System.Text;
using Microsoft.Win32.SafeHandles;

namespace NixSharp.Images.Tar;

/// <summary>Finds the files of a tar archive that lies on disk, without reading their contents.</summary>
internal sealed class TarIndex
{
    private const int MaxMembers = 1_000_000;
    private const int MaxExtensionSize = 1024 * 1024;
    private const int MaxLinks = 8;

    private readonly SafeFileHandle _archive;
    private readonly string _location;
    private readonly Dictionary<string, TarMember> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);

    private TarIndex(SafeFileHandle archive, string location)
    {
        _archive = archive;
        _location = location;
    }

    /// <summary>Reads every header of <paramref name="archive"/>, which <paramref name="location"/> names in errors.</summary>
    /// <exception cref="ImageException">The archive is damaged, or a name in it leaves its root.</exception>
    public static TarIndex Read(SafeFileHandle archive, string location, CancellationToken cancellationToken)
    {
        var index = new TarIndex(archive, location);
        index.Read(cancellationToken);
        return index;
    }

    /// <summary>Looks a file up by its name, through links inside the archive.</summary>
    public bool TryFind(string name, out TarMember member)
    {
        for (var links = 0; links < MaxLinks; links++)
        {
            if (_members.TryGetValue(name, out member))
            {
                return true;
            }

            if (!_links.TryGetValue(name, out var target))
            {
                break;
            }

            name = target;
        }

        member = default;
        return false;
    }

    private void Read(CancellationToken cancellationToken)
    {
        var header = new byte[TarHeader.BlockSize];
        var overrides = new TarOverrides();
        var end = RandomAccess.GetLength(_archive);
        for (var offset = 0L; offset < end;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadExactly(header, offset);
            if (!header.AsSpan().ContainsAnyExcept((byte)0))
            {
                break;
            }

            if (!TarHeader.IsValid(header) || !TarHeader.TryReadNumber(header.AsSpan(124, 12), out var size))
            {
                throw Damaged("a header's checksum or size is wrong", offset);
            }

            offset += TarHeader.BlockSize;
            var type = (TarEntryType)header[156];
            var isExtension = type is TarEntryType.Pax or TarEntryType.PaxGlobal or TarEntryType.GnuLongName or TarEntryType.GnuLongLink;
            size = isExtension ? size : overrides.Size ?? size;
            if (size < 0 || size > end - offset)
            {
                throw Damaged("a file is cut off", offset);
            }

            if (isExtension)
            {
                ReadExtension(type, offset, size, overrides);
            }
            else
            {
                Add(type, header, new TarMember(offset, size), overrides);
                overrides.Clear();
            }

            offset += size + TarHeader.PaddingOf(size);
        }
    }

    private void ReadExtension(TarEntryType type, long offset, long size, TarOverrides overrides)
    {
        if (size > MaxExtensionSize)
        {
            throw Damaged($"an extended header has {size} bytes, and {MaxExtensionSize} are allowed", offset);
        }

        var contents = new byte[size];
        ReadExactly(contents, offset);
        switch (type)
        {
            case TarEntryType.GnuLongName:
                overrides.Name = Encoding.UTF8.GetString(TarHeader.ReadString(contents));
                break;
            case TarEntryType.GnuLongLink:
                overrides.Link = Encoding.UTF8.GetString(TarHeader.ReadString(contents));
                break;
            case TarEntryType.Pax when !PaxRecords.TryRead(contents, overrides):
                throw Damaged("an extended header is malformed, or describes a sparse file", offset);
        }
    }

    private void Add(TarEntryType type, ReadOnlySpan<byte> header, TarMember member, TarOverrides overrides)
    {
        if (type is TarEntryType.Directory)
        {
            return;
        }

        var name = Normalize(overrides.Name ?? ReadName(header), "", member.Offset);
        if (_members.Count + _links.Count == MaxMembers)
        {
            throw Damaged($"it has more than {MaxMembers} files", member.Offset);
        }

        // As when unpacking, the last of several files by one name is the one that counts.
        _members.Remove(name);
        _links.Remove(name);
        var link = overrides.Link ?? Encoding.UTF8.GetString(TarHeader.ReadString(header.Slice(157, 100)));
        switch (type)
        {
            case TarEntryType.File or 0:
                _members[name] = member;
                break;
            case TarEntryType.HardLink:
                _links[name] = Normalize(link, "", member.Offset);
                break;
            case TarEntryType.Symlink:
                _links[name] = Normalize(link, name[..(name.LastIndexOf('/') + 1)], member.Offset);
                break;
        }
    }

    private static string ReadName(ReadOnlySpan<byte> header)
    {
        var name = Encoding.UTF8.GetString(TarHeader.ReadString(header[..TarHeader.MaxNameLength]));
        var prefix = header.Slice(257, 6).SequenceEqual("ustar\0"u8) ? TarHeader.ReadString(header.Slice(345, TarHeader.MaxPrefixLength)) : [];
        return prefix.IsEmpty ? name : $"{Encoding.UTF8.GetString(prefix)}/{name}";
    }

    private string Normalize(string name, string folder, long offset)
    {
        var parts = new List<string>();
        foreach (var part in (folder + name).Split('/'))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part == "..")
            {
                throw Damaged($"'{name}' leaves the archive", offset);
            }
            else if (part is not ("" or "."))
            {
                parts.Add(part);
            }
        }

        return name.StartsWith('/') ? throw Damaged($"'{name}' leaves the archive", offset) : string.Join('/', parts);
    }

    private void ReadExactly(Span<byte> buffer, long offset)
    {
        while (!buffer.IsEmpty)
        {
            var read = RandomAccess.Read(_archive, buffer, offset);
            if (read == 0)
            {
                throw Damaged("it is cut off", offset);
            }

            buffer = buffer[read..];
            offset += read;
        }
    }

    private ImageException Damaged(string why, long offset) => new(
        NixErrorCodes.InvalidImage,
        $"{_location} is not a tar archive that can be read: {why} (at offset {offset}). Make it again.");
}
