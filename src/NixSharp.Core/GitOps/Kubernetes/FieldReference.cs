namespace NixSharp.GitOps.Kubernetes;

/// <summary>A field of a pod.</summary>
public sealed record FieldReference
{
    /// <summary>The path, such as <c>spec.nodeName</c>.</summary>
    public required string FieldPath { get; init; }
}
