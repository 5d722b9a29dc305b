using NixSharp.Images.Oci;

namespace NixSharp.Registries.Copying;

/// <summary>How an image is copied from one registry to another, or within one.</summary>
public sealed record CopyOptions
{
    /// <summary>How the registry is talked to that has the image.</summary>
    public RegistryOptions Source { get; init; } = new();

    /// <summary>How the registry is talked to that gets it.</summary>
    public RegistryOptions Destination { get; init; } = new();

    /// <summary>Which image of an index is copied; null copies the whole index, with the images of all platforms.</summary>
    public OciPlatform? Platform { get; init; }

    /// <summary>Gets the bytes of each blob, and the number of those that are done.</summary>
    public IProgress<NixProgress>? Progress { get; init; }
}
