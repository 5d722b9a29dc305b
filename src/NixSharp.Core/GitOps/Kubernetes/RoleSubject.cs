namespace NixSharp.GitOps.Kubernetes;

/// <summary>Who a binding gives a role to.</summary>
public sealed record RoleSubject
{
    /// <summary>The kind of account.</summary>
    public string Kind { get; init; } = "ServiceAccount";

    /// <summary>The account's name.</summary>
    public required string Name { get; init; }

    /// <summary>The account's namespace.</summary>
    public required string Namespace { get; init; }
}
