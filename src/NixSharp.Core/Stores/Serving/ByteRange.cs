using System.Globalization;

namespace NixSharp.Stores.Serving;

/// <summary>A range of bytes that a client asks for (RFC 9110, section 14).</summary>
/// <param name="Start">The first byte.</param>
/// <param name="End">The byte after the last.</param>
internal readonly record struct ByteRange(long Start, long End)
{
    public long Length => End - Start;

    /// <summary>
    /// Reads the header. False where it is none that can be served alone, and so is ignored; a range of no bytes where it
    /// lies outside of what there is.
    /// </summary>
    public static bool TryParse(string? header, long size, out ByteRange range)
    {
        range = default;
        if (header is null || header.Length > 100 || !header.StartsWith("bytes=", StringComparison.Ordinal) || header.Contains(',', StringComparison.Ordinal))
        {
            return false;
        }

        var dash = header.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0)
        {
            return false;
        }

        var (first, last) = (header[6..dash].Trim(), header[(dash + 1)..].Trim());
        if (first.Length == 0)
        {
            if (!TryRead(last, out var length))
            {
                return false;
            }

            range = new ByteRange(size - Math.Min(length, size), size);
            return true;
        }

        var end = size;
        if (!TryRead(first, out var start) || (last.Length > 0 && (!TryRead(last, out end) || end < start)))
        {
            return false;
        }

        end = last.Length > 0 && end < size ? end + 1 : size;
        range = start < size ? new ByteRange(start, end) : default;
        return true;
    }

    private static bool TryRead(ReadOnlySpan<char> text, out long value) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
