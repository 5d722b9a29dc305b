using NixSharp.Compression;

namespace NixSharp.Stores.Caches;

/// <summary>What a server does to a file on top of what it is, by the header <c>Content-Encoding</c>.</summary>
internal static class ContentEncoding
{
    /// <summary>Undoes it.</summary>
    /// <exception cref="NixStoreException">It is one that is not known.</exception>
    public static Stream Decode(Stream body, HttpResponseMessage response)
    {
        var encodings = response.Content.Headers.ContentEncoding.Where(static encoding => encoding is not ("" or "identity")).ToList();
        return encodings switch
        {
            [] => body,
            [var one] when Find(one) is { } compression => compression.OpenRead(body),
            _ => throw CacheAnswer.Malformed(response, $"it is encoded as '{CacheText.Show(string.Join(", ", encodings))}', which was not asked for"),
        };
    }

    /// <summary>Does it.</summary>
    public static byte[] Encode(ReadOnlyMemory<byte> contents, string encoding)
    {
        var compression = Find(encoding) ?? NarCompression.Parse(encoding);
        using var encoded = new MemoryStream();
        using (var stream = compression.OpenWrite(encoded, leaveOpen: true))
        {
            stream.Write(contents.Span);
        }

        return encoded.ToArray();
    }

    private static NarCompression? Find(string encoding) =>
        NarCompression.TryParse(encoding.StartsWith("x-", StringComparison.Ordinal) ? encoding[2..] : encoding, out var compression) ? compression : null;
}
