namespace NixSharp.GitOps.Kubernetes;

/// <summary>The list of files that <c>kustomize</c> puts together.</summary>
public sealed record Kustomization() : KubernetesObject("kustomize.config.k8s.io/v1beta1", "Kustomization")
{
    /// <summary>The files, relative to this one.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>The namespace that objects get; null leaves them theirs.</summary>
    public string? Namespace { get; init; }
}
