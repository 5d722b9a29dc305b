namespace NixSharp.GitOps.Kubernetes;

/// <summary>What something needs, and may use at most.</summary>
public sealed record ResourceRequirements
{
    /// <summary>What it needs: <c>cpu</c>, <c>memory</c>, <c>storage</c>.</summary>
    public IReadOnlyDictionary<string, string> Requests { get; init; } = new Dictionary<string, string>();

    /// <summary>What it may use at most.</summary>
    public IReadOnlyDictionary<string, string> Limits { get; init; } = new Dictionary<string, string>();
}
