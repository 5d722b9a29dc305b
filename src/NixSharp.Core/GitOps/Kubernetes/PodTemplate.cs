namespace NixSharp.GitOps.Kubernetes;

/// <summary>What the pods of a set look like.</summary>
public sealed record PodTemplate
{
    /// <summary>The pods' labels.</summary>
    public required TemplateMetadata Metadata { get; init; }

    /// <summary>What runs in them.</summary>
    public required PodSpec Spec { get; init; }
}
