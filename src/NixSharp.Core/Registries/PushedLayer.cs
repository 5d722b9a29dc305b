using NixSharp.Images.Oci;

namespace NixSharp.Registries;

/// <summary>What became of one layer.</summary>
/// <param name="Digest">The digest of the layer as the registry stores it.</param>
/// <param name="Size">Its size there, in bytes.</param>
/// <param name="Outcome">How it got there.</param>
public readonly record struct PushedLayer(OciDigest Digest, long Size, BlobOutcome Outcome);
