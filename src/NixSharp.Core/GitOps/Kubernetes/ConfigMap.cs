namespace NixSharp.GitOps.Kubernetes;

/// <summary>Settings that pods see as files or variables.</summary>
public sealed record ConfigMap() : KubernetesObject("v1", "ConfigMap")
{
    /// <summary>Texts by name; a name that is a file's name can be mounted as one.</summary>
    public IReadOnlyDictionary<string, string> Data { get; init; } = new Dictionary<string, string>();
}
