namespace NixSharp.GitOps.Kubernetes;

/// <summary>Pods with names and storage that stay.</summary>
public sealed record StatefulSet() : KubernetesObject("apps/v1", "StatefulSet")
{
    /// <summary>Which pods, and how many.</summary>
    public required StatefulSetSpec Spec { get; init; }
}
