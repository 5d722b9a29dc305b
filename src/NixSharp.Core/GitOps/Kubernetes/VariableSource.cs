namespace NixSharp.GitOps.Kubernetes;

/// <summary>Where a variable's value comes from.</summary>
public sealed record VariableSource
{
    /// <summary>A field of the pod itself.</summary>
    public FieldReference? FieldRef { get; init; }

    /// <summary>A secret.</summary>
    public SecretKeyReference? SecretKeyRef { get; init; }
}
