namespace NixSharp.GitOps.Kubernetes;

/// <summary>The role that a binding gives.</summary>
public sealed record RoleReference
{
    /// <summary>The group of the role.</summary>
    public string ApiGroup { get; init; } = "rbac.authorization.k8s.io";

    /// <summary><c>Role</c> or <c>ClusterRole</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The role's name.</summary>
    public required string Name { get; init; }
}
