namespace NixSharp.Volumes;

/// <summary>How a volume is mounted.</summary>
public sealed record VolumeMountOptions
{
    /// <summary>The defaults: read-only, <c>nix</c> only.</summary>
    public static VolumeMountOptions Default { get; } = new();

    /// <summary>
    /// Whether nothing can be written. Otherwise what is written lies in a layer above the volume, which other mounts do
    /// not see, and which goes when the volume is unmounted.
    /// </summary>
    public bool ReadOnly { get; init; } = true;

    /// <summary>What of the volume is seen.</summary>
    public VolumeRootLayout Layout { get; init; }

    /// <summary>The most bytes that the layer of a mount that can be written may have; null for no limit of its own.</summary>
    public long? Quota { get; init; }

    /// <summary>What sees to <see cref="Quota"/>.</summary>
    public VolumeQuotaKind QuotaKind { get; init; }
}
