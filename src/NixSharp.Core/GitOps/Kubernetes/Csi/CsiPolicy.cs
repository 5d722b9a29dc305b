namespace NixSharp.GitOps.Kubernetes.Csi;

/// <summary>What volumes may ask the driver for.</summary>
public sealed record CsiPolicy
{
    /// <summary>Whether only store paths may be asked for: no flakes, no expressions.</summary>
    public bool StorePathsOnly { get; init; }

    /// <summary>Whether every path of a volume has to be signed with a trusted key, or be content-addressed, also what was built on the node.</summary>
    public bool SignedOnly { get; init; }

    /// <summary>
    /// The substituters that volumes may name on top of the driver's own: URIs, or beginnings of them that end in <c>*</c>.
    /// Where there are any, volumes may name keys to trust as well. What is taken on the word of such a key is in the store
    /// for all volumes, so allow none unless all who make pods are trusted.
    /// </summary>
    public IReadOnlyList<string> AllowedSubstituters { get; init; } = [];

    /// <summary>The largest closure of a volume, in bytes of its NARs; null for no limit.</summary>
    public long? MaxClosureSize { get; init; }
}
