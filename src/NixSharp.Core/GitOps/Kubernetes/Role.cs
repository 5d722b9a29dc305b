namespace NixSharp.GitOps.Kubernetes;

/// <summary>Rights in one namespace.</summary>
public sealed record Role() : KubernetesObject("rbac.authorization.k8s.io/v1", "Role")
{
    /// <summary>What it allows.</summary>
    public IReadOnlyList<PolicyRule> Rules { get; init; } = [];
}
