namespace NixSharp.GitOps.Kubernetes;

/// <summary>How many pods are replaced at a time.</summary>
public sealed record RollingUpdate
{
    /// <summary>A number, or a share such as <c>10%</c>.</summary>
    public required IntOrString MaxUnavailable { get; init; }
}
