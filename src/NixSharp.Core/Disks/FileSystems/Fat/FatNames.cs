using System.Text;

namespace NixSharp.Disks.FileSystems.Fat;

/// <summary>Puts the names of folder entries together: short ones of eight and three characters, and long ones in pieces.</summary>
internal sealed class FatNames
{
    private const int PieceLength = 13;
    private const int MaxPieces = 20;
    private const byte LastPiece = 0x40;
    private const byte LowerName = 0x08;
    private const byte LowerExtension = 0x10;

    private readonly char[] _long = new char[PieceLength * MaxPieces];
    private int _expected;
    private int _length;
    private byte _checksum;

    /// <summary>Takes a piece of a long name, which come in reverse.</summary>
    public void Add(ReadOnlySpan<byte> entry)
    {
        var number = entry[0] & 0x1f;
        if ((entry[0] & LastPiece) != 0)
        {
            (_expected, _length, _checksum) = (number, number * PieceLength, entry[13]);
        }

        if (number == 0 || number > MaxPieces || number != _expected || entry[13] != _checksum)
        {
            Forget();
            return;
        }

        for (var i = 0; i < PieceLength; i++)
        {
            var offset = i < 5 ? 1 + (2 * i) : i < 11 ? 14 + (2 * (i - 5)) : 28 + (2 * (i - 11));
            _long[((number - 1) * PieceLength) + i] = (char)Bytes.U16(entry, offset);
        }

        _expected--;
    }

    /// <summary>The name of the entry that the pieces, if any, were for.</summary>
    public string Take(ReadOnlySpan<byte> entry)
    {
        var isLong = _length > 0 && _expected == 0 && Checksum(entry[..11]) == _checksum;
        var name = isLong ? new string(_long, 0, _length) : Short(entry);
        Forget();
        var end = name.IndexOf('\0', StringComparison.Ordinal);
        return end < 0 ? name : name[..end];
    }

    public void Forget() => (_expected, _length) = (-1, 0);

    private static string Short(ReadOnlySpan<byte> entry)
    {
        Span<byte> bytes = stackalloc byte[11];
        entry[..11].CopyTo(bytes);
        bytes[0] = bytes[0] == 0x05 ? (byte)0xe5 : bytes[0];
        var name = Encoding.Latin1.GetString(bytes[..8]).TrimEnd(' ');
        var extension = Encoding.Latin1.GetString(bytes[8..]).TrimEnd(' ');
        name = (entry[12] & LowerName) != 0 ? name.ToLowerInvariant() : name;
        extension = (entry[12] & LowerExtension) != 0 ? extension.ToLowerInvariant() : extension;
        return extension.Length == 0 ? name : $"{name}.{extension}";
    }

    private static byte Checksum(ReadOnlySpan<byte> shortName)
    {
        byte sum = 0;
        foreach (var character in shortName)
        {
            sum = (byte)(((sum & 1) << 7) + (sum >> 1) + character);
        }

        return sum;
    }
}
