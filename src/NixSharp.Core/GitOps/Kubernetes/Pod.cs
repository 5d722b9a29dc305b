namespace NixSharp.GitOps.Kubernetes;

/// <summary>A pod of its own.</summary>
public sealed record Pod() : KubernetesObject("v1", "Pod")
{
    /// <summary>What runs in it.</summary>
    public required PodSpec Spec { get; init; }
}
