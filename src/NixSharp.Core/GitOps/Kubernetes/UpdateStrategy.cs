namespace NixSharp.GitOps.Kubernetes;

/// <summary>How the pods of a set are replaced by newer ones.</summary>
public sealed record UpdateStrategy
{
    /// <summary><c>RollingUpdate</c> or <c>OnDelete</c>.</summary>
    public required string Type { get; init; }

    /// <summary>How many at a time.</summary>
    public RollingUpdate? RollingUpdate { get; init; }
}
