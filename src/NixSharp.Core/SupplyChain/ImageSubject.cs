using NixSharp.Images.Oci;

namespace NixSharp.SupplyChain;

/// <summary>The image that something is said of.</summary>
/// <param name="Name">Its repository with the registry, such as <c>quay.io/acme/hello</c>; no tag, which may move on.</param>
/// <param name="Digest">The digest of its manifest.</param>
public sealed record ImageSubject(string Name, OciDigest Digest);
