using NixSharp.Images.Oci;

namespace NixSharp.Registries;

/// <summary>What a push did.</summary>
public sealed record PushResult
{
    /// <summary>Where the image is now.</summary>
    public required ImageReference Reference { get; init; }

    /// <summary>The manifest's digest, which names this very image.</summary>
    public required OciDigest Digest { get; init; }

    /// <summary>What became of each layer, lowest first.</summary>
    public required IReadOnlyList<PushedLayer> Layers { get; init; }

    /// <summary>Whether the registry had this manifest under this tag already, so that nothing was sent.</summary>
    public bool Unchanged { get; init; }

    /// <summary>The bytes of layers and configuration that were sent, repeated attempts included.</summary>
    public long BytesUploaded { get; init; }

    internal OciDescriptor Manifest { get; init; }

    /// <summary>The number of HTTP requests that it took.</summary>
    public int RequestCount { get; init; }
}
