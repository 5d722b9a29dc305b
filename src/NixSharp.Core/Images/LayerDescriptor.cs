using NixSharp.Images.Oci;

namespace NixSharp.Images;

/// <summary>A layer as it is pushed, together with the digest of its uncompressed tar archive.</summary>
/// <param name="Blob">The compressed layer.</param>
/// <param name="DiffId">The digest of the tar archive inside.</param>
public readonly record struct LayerDescriptor(OciDescriptor Blob, OciDigest DiffId);
