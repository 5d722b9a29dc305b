namespace NixSharp.GitOps.Kubernetes;

/// <summary>An object's name and what is attached to it.</summary>
public sealed record ObjectMetadata
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The namespace; null for objects that have none, or where the reader chooses it.</summary>
    public string? Namespace { get; init; }

    /// <summary>What others find it by.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Notes for programs.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
}
