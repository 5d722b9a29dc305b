using System.Text;

namespace NixSharp.Csi.Grpc;

/// <summary>The header <c>grpc-message</c>: UTF-8, percent-encoded but for what ASCII can print.</summary>
internal static class GrpcText
{
    // Clients take about 8 KiB of headers in all, by default.
    private const int MaxEncodedLength = 6 * 1024;
    private const string Omission = "...";

    /// <summary>Encodes a message; the middle of one that is too long for a header is left out.</summary>
    public static string Encode(string message)
    {
        var encoded = EncodeAll(message);
        if (encoded.Length <= MaxEncodedLength)
        {
            return encoded;
        }

        // The start says what failed, the end is that of a log.
        var half = message.Length / 2;
        while (encoded.Length > MaxEncodedLength)
        {
            half = half * 3 / 4;
            encoded = EncodeAll(string.Concat(message.AsSpan(0, half), Omission, message.AsSpan(message.Length - half)));
        }

        return encoded;
    }

    private static string EncodeAll(string message)
    {
        var text = new StringBuilder(message.Length);
        foreach (var octet in Encoding.UTF8.GetBytes(message))
        {
            if (octet is >= 0x20 and <= 0x7e and not (byte)'%')
            {
                text.Append((char)octet);
            }
            else
            {
                text.Append('%').Append(octet.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return text.ToString();
    }
}
