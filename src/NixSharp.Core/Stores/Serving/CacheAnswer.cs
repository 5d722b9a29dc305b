using System.Text;

namespace NixSharp.Stores.Serving;

/// <summary>The answer of a binary cache to a <see cref="CacheRequest"/>.</summary>
public sealed record CacheAnswer
{
    /// <summary>The status of HTTP.</summary>
    public required int Status { get; init; }

    /// <summary>What the body is.</summary>
    public string ContentType { get; init; } = "text/plain; charset=utf-8";

    /// <summary>How many bytes the body has; null where that shows only in the end.</summary>
    public long? ContentLength { get; init; }

    /// <summary>More headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Writes the body; null where there is none. When it throws, the connection has to be cut, so that the client
    /// doesn't take a part for the whole.
    /// </summary>
    public Func<Stream, CancellationToken, Task>? WriteBody { get; init; }

    internal static CacheAnswer Text(int status, string text, string? contentType = null)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var answer = new CacheAnswer
        {
            Status = status,
            ContentLength = bytes.Length,
            WriteBody = (body, cancellationToken) => body.WriteAsync(bytes, cancellationToken).AsTask(),
        };
        return contentType is null ? answer : answer with { ContentType = contentType };
    }
}
