namespace NixSharp.GitOps.Kubernetes;

/// <summary>An account that pods run as.</summary>
public sealed record ServiceAccount() : KubernetesObject("v1", "ServiceAccount")
{
    /// <summary>Secrets with credentials for registries of images.</summary>
    public IReadOnlyList<LocalReference> ImagePullSecrets { get; init; } = [];
}
