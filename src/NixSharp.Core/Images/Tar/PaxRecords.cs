using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace NixSharp.Images.Tar;

/// <summary>
/// The records of a pax extended header (POSIX.1-2001): <c>LENGTH KEY=VALUE\n</c>, where the length counts itself.
/// </summary>
internal static class PaxRecords
{
    /// <summary>The name that the header itself gets; nobody extracts it.</summary>
    public static ReadOnlySpan<byte> HeaderName => "././@PaxHeader"u8;

    /// <summary>Writes the records that are needed for an entry whose name, link or size does not fit its header.</summary>
    public static ReadOnlyMemory<byte> Write(ReadOnlySpan<byte> name, ReadOnlySpan<byte> link, long size)
    {
        var records = new ArrayBufferWriter<byte>();

        // Values are UTF-8 unless it is said that they are not.
        if (!Utf8.IsValid(name) || !Utf8.IsValid(link))
        {
            Append(records, "hdrcharset"u8, "BINARY"u8);
        }

        if (!name.IsEmpty)
        {
            Append(records, "path"u8, name);
        }

        if (!link.IsEmpty)
        {
            Append(records, "linkpath"u8, link);
        }

        if (size > TarHeader.MaxSize)
        {
            Append(records, "size"u8, Encoding.ASCII.GetBytes(size.ToString(CultureInfo.InvariantCulture)));
        }

        return records.WrittenMemory;
    }

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

    private static void Append(ArrayBufferWriter<byte> records, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var rest = key.Length + value.Length + 3;
        var length = rest + 1;
        while (CountDigits(length) + rest != length)
        {
            length = CountDigits(length) + rest;
        }

        records.Write(Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture)));
        records.Write(" "u8);
        records.Write(key);
        records.Write("="u8);
        records.Write(value);
        records.Write("\n"u8);
    }

    private static int CountDigits(int number) => number.ToString(CultureInfo.InvariantCulture).Length;
}
