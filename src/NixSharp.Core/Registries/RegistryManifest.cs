using NixSharp.Images.Oci;

namespace NixSharp.Registries;

/// <summary>A manifest as a registry holds it.</summary>
/// <param name="Descriptor">Its media type, digest and size.</param>
/// <param name="Content">Its bytes, whose digest has been checked.</param>
public sealed record RegistryManifest(OciDescriptor Descriptor, ReadOnlyMemory<byte> Content);
