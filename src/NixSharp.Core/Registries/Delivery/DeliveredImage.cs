using NixSharp.Images.Oci;

namespace NixSharp.Registries.Delivery;

/// <summary>An image that has arrived under one name.</summary>
public sealed record DeliveredImage
{
    /// <summary>The name.</summary>
    public required ImageReference Reference { get; init; }

    /// <summary>The digest of the manifest in a registry; in a Docker or Podman engine that of the configuration, the image's id.</summary>
    public required OciDigest Digest { get; init; }

    /// <summary>Whether the image was there under this name already, or, in an engine, under any name.</summary>
    public bool Unchanged { get; init; }

    /// <summary>The bytes that were sent; null where skopeo sent them, which does not tell.</summary>
    public long? BytesSent { get; init; }

    /// <summary>What became of each layer and how many requests it took, where NixSharp itself pushed.</summary>
    public PushResult? Push { get; init; }
}
