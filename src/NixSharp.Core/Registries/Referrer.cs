using NixSharp.Images.Oci;

namespace NixSharp.Registries;

/// <summary>Something that is attached to an image: a manifest of its own that names the image as its subject.</summary>
public sealed record Referrer
{
    /// <summary>The manifest.</summary>
    public required OciDescriptor Descriptor { get; init; }

    /// <summary>What it is, such as <c>application/spdx+json</c>; null where the registry does not say.</summary>
    public string? ArtifactType { get; init; }

    /// <summary>The manifest's annotations.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
}
