namespace NixSharp.GitOps.Kubernetes.Csi;

/// <summary>A binary cache in the cluster, which the drivers push to and take from.</summary>
public sealed record CsiCacheOptions
{
    /// <summary>The name of its service.</summary>
    public string Name { get; init; } = "nixsharp-cache";

    /// <summary>How much storage it gets.</summary>
    public string StorageSize { get; init; } = "100Gi";

    /// <summary>The kind of storage; null for the cluster's default.</summary>
    public string? StorageClassName { get; init; }

    /// <summary>The keys that may have signed what is uploaded; empty takes what nobody has signed from whoever reaches the cache.</summary>
    public IReadOnlyList<string> UploadKeys { get; init; } = [];

    /// <summary>What it needs and may use.</summary>
    public ResourceRequirements Resources { get; init; } = new()
    {
        Requests = new Dictionary<string, string> { ["cpu"] = "50m", ["memory"] = "128Mi" },
    };
}
