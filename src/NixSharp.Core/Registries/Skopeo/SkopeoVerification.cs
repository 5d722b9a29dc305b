using NixSharp.Images.Oci;

namespace NixSharp.Registries.Skopeo;

/// <summary>A signature that skopeo found good.</summary>
/// <param name="Digest">The digest of the manifest that is signed.</param>
/// <param name="Fingerprint">The fingerprint of the key that signed.</param>
public sealed record SkopeoVerification(OciDigest Digest, string Fingerprint);
