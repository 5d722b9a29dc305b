namespace NixSharp.Registries;

/// <summary>A document that is to be attached to an image.</summary>
/// <param name="ArtifactType">What it is, such as <c>application/spdx+json</c>.</param>
/// <param name="Content">The document's bytes.</param>
public sealed record ReferrerArtifact(string ArtifactType, ReadOnlyMemory<byte> Content)
{
    /// <summary>The media type of the bytes; null where it is the artifact type.</summary>
    public string? MediaType { get; init; }

    /// <summary>Annotations of the manifest.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);
}
