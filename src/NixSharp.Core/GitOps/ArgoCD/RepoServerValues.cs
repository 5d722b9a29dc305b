using NixSharp.GitOps.Kubernetes;

namespace NixSharp.GitOps.ArgoCD;

/// <summary>What the repo server's pod gets.</summary>
public sealed record RepoServerValues
{
    /// <summary>Volumes.</summary>
    public IReadOnlyList<Volume> Volumes { get; init; } = [];

    /// <summary>Containers that run first.</summary>
    public IReadOnlyList<Container> InitContainers { get; init; } = [];

    /// <summary>Containers that run beside it.</summary>
    public IReadOnlyList<Container> ExtraContainers { get; init; } = [];
}
