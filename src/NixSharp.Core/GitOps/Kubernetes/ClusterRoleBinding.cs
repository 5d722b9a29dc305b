namespace NixSharp.GitOps.Kubernetes;

/// <summary>Gives a <see cref="ClusterRole"/> to accounts.</summary>
public sealed record ClusterRoleBinding() : KubernetesObject("rbac.authorization.k8s.io/v1", "ClusterRoleBinding")
{
    /// <summary>The role.</summary>
    public required RoleReference RoleRef { get; init; }

    /// <summary>Who has it.</summary>
    public IReadOnlyList<RoleSubject> Subjects { get; init; } = [];
}
