using NixSharp.Volumes;

namespace NixSharp.Cake;

/// <summary>What aliases for volumes in a pool take.</summary>
public record NixVolumePoolSettings : NixSettings
{
    /// <summary>The folder of the pool; a relative one is relative to the script.</summary>
    public required string Pool { get; init; }

    /// <summary>How volumes are made.</summary>
    public VolumeOptions Volume { get; init; } = VolumeOptions.Default;

    /// <summary>How volumes are mounted.</summary>
    public VolumeMountOptions Mount { get; init; } = VolumeMountOptions.Default;
}
