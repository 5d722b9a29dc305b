namespace NixSharp.Images.Oci;

/// <summary>What a blob is, by the OCI image specification's "content descriptor".</summary>
/// <param name="MediaType">The blob's media type.</param>
/// <param name="Digest">The digest of its bytes.</param>
/// <param name="Size">Its size in bytes.</param>
public readonly record struct OciDescriptor(string MediaType, OciDigest Digest, long Size);
