using NixSharp.Images.Oci;

namespace NixSharp.Registries;

/// <summary>What pushing images for several platforms did.</summary>
public sealed record IndexPushResult
{
    /// <summary>Where they went.</summary>
    public required ImageReference Reference { get; init; }

    /// <summary>The digest of the index, by which it can be pulled.</summary>
    public required OciDigest Digest { get; init; }

    /// <summary>Whether the tag named this index already.</summary>
    public bool Unchanged { get; init; }

    /// <summary>What was done for each image, in the order of the index.</summary>
    public required IReadOnlyList<PushResult> Images { get; init; }

    /// <summary>How many bytes of layers and configurations were sent.</summary>
    public long BytesUploaded { get; init; }

    /// <summary>How many requests the registry got.</summary>
    public int RequestCount { get; init; }
}
