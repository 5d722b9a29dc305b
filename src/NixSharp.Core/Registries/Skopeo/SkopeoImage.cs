using NixSharp.Images.Oci;

namespace NixSharp.Registries.Skopeo;

/// <summary>What <c>skopeo inspect</c> tells of an image.</summary>
public sealed record SkopeoImage
{
    /// <summary>The repository; empty for images outside registries.</summary>
    public required string Name { get; init; }

    /// <summary>The digest of the manifest.</summary>
    public required OciDigest Digest { get; init; }

    /// <summary>The tags of the repository; empty where they were not asked for.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>When the image was made, if it says so.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>The processor, by Go's name.</summary>
    public required string Architecture { get; init; }

    /// <summary>The operating system, by Go's name.</summary>
    public required string OperatingSystem { get; init; }

    /// <summary>The labels.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>The environment variables, <c>NAME=VALUE</c> each.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>The layers, lowest first.</summary>
    public required IReadOnlyList<SkopeoLayer> Layers { get; init; }
}
