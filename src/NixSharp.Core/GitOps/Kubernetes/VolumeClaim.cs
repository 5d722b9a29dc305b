namespace NixSharp.GitOps.Kubernetes;

/// <summary>Storage that is asked for.</summary>
public sealed record VolumeClaim
{
    /// <summary>The name under which pods mount it.</summary>
    public required ObjectMetadata Metadata { get; init; }

    /// <summary>How much, and of what kind.</summary>
    public required VolumeClaimSpec Spec { get; init; }
}
