namespace NixSharp.Stores.Serving;

/// <summary>An HTTP request to a binary cache, whatever server it came through.</summary>
public sealed record CacheRequest
{
    /// <summary>GET, HEAD or PUT.</summary>
    public required string Method { get; init; }

    /// <summary>The path of the URL, decoded and with its first slash.</summary>
    public required string Path { get; init; }

    /// <summary>The header of that name.</summary>
    public string? Authorization { get; init; }

    /// <summary>The header of that name.</summary>
    public string? Range { get; init; }

    /// <summary>The header of that name.</summary>
    public string? ContentEncoding { get; init; }

    /// <summary>How many bytes the body has, if the client says so.</summary>
    public long? ContentLength { get; init; }

    /// <summary>What is uploaded.</summary>
    public Stream Body { get; init; } = Stream.Null;
}
