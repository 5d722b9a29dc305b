namespace NixSharp.GitOps.Kubernetes;

/// <summary>Which pods belong to an object.</summary>
public sealed record LabelSelector
{
    /// <summary>The labels that a pod has to have.</summary>
    public IReadOnlyDictionary<string, string> MatchLabels { get; init; } = new Dictionary<string, string>();
}
