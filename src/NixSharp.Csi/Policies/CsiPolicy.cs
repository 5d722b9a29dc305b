namespace NixSharp.Csi;

/// <summary>What pods may ask a <see cref="CsiDriver"/> for.</summary>
public sealed record CsiPolicy
{
    /// <summary>Everything.</summary>
    public static CsiPolicy Default { get; } = new();

    /// <summary>Whether volumes may be store paths only: nothing is evaluated or built for pods.</summary>
    public bool StorePathsOnly { get; init; }

    /// <summary>
    /// Whether every path of a closure must be signed by a trusted key, or be content-addressed, also one that was built
    /// on the node.
    /// </summary>
    public bool SignedPathsOnly { get; init; }

    /// <summary>
    /// The substituters that volumes may name besides the driver's own: URIs, or beginnings of them that end in
    /// <c>*</c>. Null allows all.
    /// </summary>
    public IReadOnlyList<string>? AllowedSubstituters { get; init; }

    /// <summary>The largest closure, as the sum of the sizes of its NARs in bytes; null for any size.</summary>
    public long? MaxClosureSize { get; init; }
}
