using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace NixSharp.Images.Tar;

/// <summary>
/// The records of a pax extended header (POSIX.1-2001): <c>LENGTH KEY=VALUE\n</c>, where the length counts itself.
/// </summary>
internal sealed class PaxRecords
{
    private readonly ArrayBufferWriter<byte> _records = new();

    /// <summary>The name that the header itself gets; nobody extracts it.</summary>
    public static ReadOnlySpan<byte> HeaderName => "././@PaxHeader"u8;

    public ReadOnlySpan<byte> Span => _records.WrittenSpan;

    public int Length => _records.WrittenCount;

    /// <summary>Reads the records that are of use here; false where they are malformed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> records, TarOverrides overrides)
    {
        while (!records.IsEmpty)
        {
            var space = records.IndexOf((byte)' ');
            if (space is < 1 or > 10 ||
                !int.TryParse(records[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var length) ||
                length <= space + 1 || length > records.Length || records[length - 1] != '\n')
            {
                return false;
            }

            var record = records[(space + 1)..(length - 1)];
            var equals = record.IndexOf((byte)'=');
            if (equals < 1 || !overrides.TrySet(record[..equals], record[(equals + 1)..]))
            {
                return false;
            }

            records = records[length..];
        }

        return true;
    }

    /// <summary>Says that values are bytes where they are not UTF-8, which they are taken for.</summary>
    public void AddCharsetIfNeeded(ReadOnlySpan<byte> name, ReadOnlySpan<byte> link) =>
        AddIf(!Utf8.IsValid(name) || !Utf8.IsValid(link), "hdrcharset"u8, "BINARY"u8);

    /// <summary>Adds the size of an entry that its header has no room for.</summary>
    public void AddSizeIf(bool isNeeded, long size) => AddIf(isNeeded, "size"u8, Encoding.ASCII.GetBytes(size.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Adds a record.</summary>
    public void AddIf(bool isNeeded, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (!isNeeded)
        {
            return;
        }

        var rest = key.Length + value.Length + 3;
        var length = rest + 1;
        while (CountDigits(length) + rest != length)
        {
            length = CountDigits(length) + rest;
        }

        _records.Write(Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture)));
        _records.Write(" "u8);
        _records.Write(key);
        _records.Write("="u8);
        _records.Write(value);
        _records.Write("\n"u8);
    }

    private static int CountDigits(int number) => number.ToString(CultureInfo.InvariantCulture).Length;
}
