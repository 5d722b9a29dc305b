namespace NixSharp.GitOps.Kubernetes.Csi;

/// <summary>What volumes may ask the driver for.</summary>
public sealed record CsiPolicy
{
    /// <summary>Whether only store paths may be asked for: no flakes, no expressions.</summary>
    public bool StorePathsOnly { get; init; }

    /// <summary>Whether every path of a volume has to be signed with a trusted key.</summary>
    public bool SignedOnly { get; init; }

    /// <summary>The substituters that volumes may name on top of the driver's own.</summary>
    public IReadOnlyList<string> AllowedSubstituters { get; init; } = [];

    /// <summary>The largest closure of a volume, in bytes of its NARs; null for no limit.</summary>
    public long? MaxClosureSize { get; init; }
}
