namespace NixSharp.GitOps.Kubernetes;

/// <summary>How much storage of what kind.</summary>
public sealed record VolumeClaimSpec
{
    /// <summary>Who may mount it at once, such as <c>ReadWriteOnce</c>.</summary>
    public IReadOnlyList<string> AccessModes { get; init; } = [];

    /// <summary>The kind; null for the cluster's default.</summary>
    public string? StorageClassName { get; init; }

    /// <summary>How much, as <c>storage</c> in the requests.</summary>
    public required ResourceRequirements Resources { get; init; }
}
