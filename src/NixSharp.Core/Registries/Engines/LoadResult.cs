using NixSharp.Images.Oci;

namespace NixSharp.Registries.Engines;

/// <summary>What loading an image into an engine did.</summary>
public sealed record LoadResult
{
    /// <summary>The names that the image has in the engine now.</summary>
    public required IReadOnlyList<ImageReference> References { get; init; }

    /// <summary>The digest of the configuration, by which engines know an image.</summary>
    public required OciDigest ImageId { get; init; }

    /// <summary>Whether the engine had the image already, so that it was only named.</summary>
    public bool Unchanged { get; init; }

    /// <summary>The bytes that were sent.</summary>
    public long BytesSent { get; init; }
}
