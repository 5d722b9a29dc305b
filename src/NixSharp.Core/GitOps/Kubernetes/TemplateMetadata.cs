namespace NixSharp.GitOps.Kubernetes;

/// <summary>What pods that are made from a template have in common; their names are made up.</summary>
public sealed record TemplateMetadata
{
    /// <summary>What others find the pods by.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Notes for programs.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
}
