using NixSharp.Images.Oci;

namespace NixSharp.SupplyChain.Signing;

/// <summary>One layer of a manifest of signatures: what is signed, and what is said of it.</summary>
internal sealed record SignatureEntry(OciDescriptor Blob, IReadOnlyDictionary<string, string> Annotations);
