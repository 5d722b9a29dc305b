using NixSharp.Images.Oci;

namespace NixSharp.Registries.Copying;

/// <summary>What was fetched from a registry.</summary>
public sealed record PullResult
{
    /// <summary>The digest of the manifest or index: that in the registry.</summary>
    public required OciDigest Digest { get; init; }

    /// <summary>All layers and configurations, each once.</summary>
    public required IReadOnlyCollection<OciDescriptor> Blobs { get; init; }

    /// <summary>Those of them that were not there before.</summary>
    public required IReadOnlyCollection<OciDescriptor> Fetched { get; init; }
}
