namespace NixSharp.GitOps.Kubernetes;

/// <summary>How kubelet treats a driver's volumes.</summary>
public sealed record CsiDriverSpec
{
    /// <summary>Whether volumes are attached to nodes by a controller first.</summary>
    public required bool AttachRequired { get; init; }

    /// <summary>Whether the driver is told which pod a volume is for.</summary>
    public required bool PodInfoOnMount { get; init; }

    /// <summary><c>None</c> keeps kubelet from changing the owners of files.</summary>
    public required string FsGroupPolicy { get; init; }

    /// <summary><c>Ephemeral</c> for volumes that live and die with a pod, <c>Persistent</c> for others.</summary>
    public IReadOnlyList<string> VolumeLifecycleModes { get; init; } = [];
}
