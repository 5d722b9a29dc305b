namespace NixSharp.GitOps.Kubernetes;

/// <summary>A volume of a CSI driver that lives and dies with a pod.</summary>
public sealed record CsiVolume
{
    /// <summary>The driver's name.</summary>
    public required string Driver { get; init; }

    /// <summary>Whether it cannot be changed.</summary>
    public bool? ReadOnly { get; init; }

    /// <summary>What the driver is told, such as which store path.</summary>
    public IReadOnlyDictionary<string, string> VolumeAttributes { get; init; } = new Dictionary<string, string>();
}
