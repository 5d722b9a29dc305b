using System.Buffers;
using NixSharp.Processes;

namespace NixSharp.Stores.Caches;

/// <summary>Text of strangers in messages.</summary>
internal static class CacheText
{
    private const int MaxLength = 300;

    /// <summary>The text in one line, without control characters, and not too long.</summary>
    public static string Show(string text)
    {
        text = TerminalText.Strip(text.Length > MaxLength ? text[..MaxLength] + "..." : text);
        return string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c)).Trim();
    }

    /// <summary>Reads all that a stream has; null where that is more than <paramref name="limit"/> bytes.</summary>
    public static async Task<byte[]?> ReadAsync(Stream stream, int limit, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
            {
                if (bytes.Length + count > limit)
                {
                    return null;
                }

                bytes.Write(buffer, 0, count);
            }

            return bytes.ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
