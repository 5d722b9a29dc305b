using System.Buffers.Binary;
using System.Text;

namespace NixSharp.Images.Tar;

/// <summary>
/// The 512 bytes before each entry of a tar archive, in the ustar form of POSIX.1-1988: numbers are octal text,
/// strings end at a NUL or the end of their field.
/// </summary>
internal static class TarHeader
{
    public const int BlockSize = 512;
    public const int MaxNameLength = 100;
    public const int MaxPrefixLength = 155;
    public const int MaxOwnerLength = 32;

    /// <summary>The largest size that eleven octal digits hold: 8 GiB less one byte.</summary>
    public const long MaxSize = (1L << 33) - 1;

    /// <summary>When every file was changed, as in the Nix store: one second after 1970 began.</summary>
    public const long Time = 1;

    private const int ChecksumOffset = 148;
    private const int ChecksumLength = 8;

    /// <summary>How many bytes fill the last block of <paramref name="size"/> bytes.</summary>
    public static int PaddingOf(long size) => (int)(-size & (BlockSize - 1));

    /// <summary>Where to cut a name that is too long for its field so that both parts fit; 0 where there is no such place.</summary>
    public static int FindPrefix(ReadOnlySpan<byte> name)
    {
        // The slash at a folder's end has to stay with the name.
        var cut = name[..Math.Min(name.Length - 1, MaxPrefixLength + 1)].LastIndexOf((byte)'/');
        return cut > 0 && name.Length - cut - 1 <= MaxNameLength ? cut : 0;
    }

    /// <summary>
    /// Fills <paramref name="header"/>. Name, prefix and link have to fit; a size that does not is written as GNU tar
    /// does, in binary. The numbers of devices are zero, or missing.
    /// </summary>
    public static void Write(
        Span<byte> header,
        ReadOnlySpan<byte> prefix,
        ReadOnlySpan<byte> name,
        TarEntryType type,
        TarAttributes attributes,
        long size,
        ReadOnlySpan<byte> link,
        bool hasDevices = true)
    {
        header[..BlockSize].Clear();
        name.CopyTo(header);
        WriteOctal(header.Slice(100, 8), attributes.Mode);
        WriteOctal(header.Slice(108, 8), attributes.Owner);
        WriteOctal(header.Slice(116, 8), attributes.Group);
        WriteSize(header.Slice(124, 12), size);
        WriteOctal(header.Slice(136, 12), attributes.Time);
        header[156] = (byte)type;
        link.CopyTo(header[157..]);
        "ustar\000"u8.CopyTo(header[257..]);
        WriteName(header.Slice(265, MaxOwnerLength), attributes.OwnerName);
        WriteName(header.Slice(297, MaxOwnerLength), attributes.GroupName);
        if (hasDevices)
        {
            WriteOctal(header.Slice(329, 8), 0);
            WriteOctal(header.Slice(337, 8), 0);
        }

        prefix.CopyTo(header[345..]);
        WriteOctal(header.Slice(ChecksumOffset, ChecksumLength - 1), ComputeChecksum(header));
        header[ChecksumOffset + ChecksumLength - 1] = (byte)' ';
    }

    /// <summary>Whether the checksum of a header is right.</summary>
    public static bool IsValid(ReadOnlySpan<byte> header) =>
        TryReadNumber(header.Slice(ChecksumOffset, ChecksumLength), out var checksum) && checksum == ComputeChecksum(header);

    /// <summary>The bytes of a string field.</summary>
    public static ReadOnlySpan<byte> ReadString(ReadOnlySpan<byte> field) =>
        field.IndexOf((byte)0) is >= 0 and var end ? field[..end] : field;

    /// <summary>The name of an entry, put together where it is in two parts.</summary>
    public static string ReadName(ReadOnlySpan<byte> header)
    {
        var name = Encoding.UTF8.GetString(ReadString(header[..MaxNameLength]));
        var prefix = header.Slice(257, 6).SequenceEqual("ustar\0"u8) ? ReadString(header.Slice(345, MaxPrefixLength)) : [];
        return prefix.IsEmpty ? name : $"{Encoding.UTF8.GetString(prefix)}/{name}";
    }

    /// <summary>Reads octal text, or the binary numbers that GNU tar writes where that does not suffice.</summary>
    public static bool TryReadNumber(ReadOnlySpan<byte> field, out long number)
    {
        if (field[0] == 0x80)
        {
            number = BinaryPrimitives.ReadInt64BigEndian(field[^8..]);
            return number >= 0 && !field[1..^8].ContainsAnyExcept((byte)0);
        }

        number = 0;
        foreach (var digit in field.Trim(" \0"u8))
        {
            if (digit is < (byte)'0' or > (byte)'7' || number >> 60 != 0)
            {
                return false;
            }

            number = (number << 3) | (long)(digit - '0');
        }

        return true;
    }

    private static void WriteSize(Span<byte> field, long size)
    {
        if (size <= MaxSize)
        {
            WriteOctal(field, size);
            return;
        }

        field[0] = 0x80;
        BinaryPrimitives.WriteInt64BigEndian(field[^8..], size);
    }

    private static void WriteName(Span<byte> field, string? name) => Encoding.ASCII.GetBytes(name ?? "", field);

    private static void WriteOctal(Span<byte> field, long number)
    {
        for (var index = field.Length - 2; index >= 0; index--)
        {
            field[index] = (byte)('0' + (number & 7));
            number >>= 3;
        }
    }

    private static long ComputeChecksum(ReadOnlySpan<byte> header)
    {
        // The checksum's own field counts as spaces.
        var sum = (long)ChecksumLength * ' ';
        for (var index = 0; index < BlockSize; index++)
        {
            sum += index is >= ChecksumOffset and < ChecksumOffset + ChecksumLength ? 0 : header[index];
        }

        return sum;
    }
}
