namespace NixSharp.GitOps.Kubernetes;

/// <summary>A pod on each node.</summary>
public sealed record DaemonSet() : KubernetesObject("apps/v1", "DaemonSet")
{
    /// <summary>Which pod, and on which nodes.</summary>
    public required DaemonSetSpec Spec { get; init; }
}
