namespace NixSharp.GitOps.Kubernetes;

/// <summary>Rights in the whole cluster.</summary>
public sealed record ClusterRole() : KubernetesObject("rbac.authorization.k8s.io/v1", "ClusterRole")
{
    /// <summary>What it allows.</summary>
    public IReadOnlyList<PolicyRule> Rules { get; init; } = [];
}
