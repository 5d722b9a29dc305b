namespace NixSharp.GitOps.Kubernetes;

/// <summary>Gives a <see cref="Role"/> to accounts.</summary>
public sealed record RoleBinding() : KubernetesObject("rbac.authorization.k8s.io/v1", "RoleBinding")
{
    /// <summary>The role.</summary>
    public required RoleReference RoleRef { get; init; }

    /// <summary>Who has it.</summary>
    public IReadOnlyList<RoleSubject> Subjects { get; init; } = [];
}
