using NixSharp.Images.Oci;

namespace NixSharp.Images;

/// <summary>What was written to disk.</summary>
public sealed record WriteResult
{
    /// <summary>The image's digest; null for a docker archive, which has no manifest of the kind that registries take.</summary>
    public OciDigest? ManifestDigest { get; init; }

    /// <summary>The digest of the configuration: the image's id.</summary>
    public required OciDigest ConfigDigest { get; init; }

    /// <summary>The layers, lowest first.</summary>
    public required IReadOnlyList<WrittenLayer> Layers { get; init; }
}
