namespace NixSharp.GitOps.Kubernetes;

/// <summary>Another object of the same namespace.</summary>
public sealed record LocalReference
{
    /// <summary>The object's name.</summary>
    public required string Name { get; init; }
}
