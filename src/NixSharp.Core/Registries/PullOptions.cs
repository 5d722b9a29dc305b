using NixSharp.Images.Oci;

namespace NixSharp.Registries;

/// <summary>How an image in a registry is opened.</summary>
public sealed record PullOptions : RegistryOptions
{
    /// <summary>Which image of an index is meant. An image that is in no index is opened as it is.</summary>
    public OciPlatform Platform { get; init; } = OciPlatform.Current;
}
