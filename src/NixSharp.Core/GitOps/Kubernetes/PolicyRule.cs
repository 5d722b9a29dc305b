namespace NixSharp.GitOps.Kubernetes;

/// <summary>Something that a role allows.</summary>
public sealed record PolicyRule
{
    /// <summary>The groups of the resources; the empty text is the core group.</summary>
    public IReadOnlyList<string> ApiGroups { get; init; } = [];

    /// <summary>The resources, in the plural.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>What may be done, such as <c>get</c> and <c>create</c>.</summary>
    public IReadOnlyList<string> Verbs { get; init; } = [];
}
