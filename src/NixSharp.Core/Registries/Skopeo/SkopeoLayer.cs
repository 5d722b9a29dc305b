using NixSharp.Images.Oci;

namespace NixSharp.Registries.Skopeo;

/// <summary>A layer that <c>skopeo inspect</c> tells of.</summary>
/// <param name="Digest">Its digest.</param>
/// <param name="Size">Its size in bytes; null where skopeo does not tell it, as 1.9 for some images.</param>
/// <param name="MediaType">Its media type; null where skopeo does not tell it.</param>
public sealed record SkopeoLayer(OciDigest Digest, long? Size, string? MediaType);
