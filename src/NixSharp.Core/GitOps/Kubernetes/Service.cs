namespace NixSharp.GitOps.Kubernetes;

/// <summary>A name and ports that lead to pods.</summary>
public sealed record Service() : KubernetesObject("v1", "Service")
{
    /// <summary>What it leads to.</summary>
    public required ServiceSpec Spec { get; init; }
}
