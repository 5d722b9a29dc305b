using NixSharp.Images.Oci;

namespace NixSharp.Images;

/// <summary>An image's manifest and configuration, to the byte.</summary>
public sealed record ImageManifest
{
    /// <summary>The manifest's own descriptor: its digest is the image's digest.</summary>
    public required OciDescriptor Descriptor { get; init; }

    /// <summary>The manifest, JSON.</summary>
    public required ReadOnlyMemory<byte> Manifest { get; init; }

    /// <summary>The configuration's descriptor: its digest is the image's id.</summary>
    public required OciDescriptor ConfigDescriptor { get; init; }

    /// <summary>The configuration, JSON.</summary>
    public required ReadOnlyMemory<byte> Config { get; init; }
}
