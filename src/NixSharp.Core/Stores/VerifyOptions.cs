namespace NixSharp.Stores;

/// <summary>How a store is verified.</summary>
public sealed record VerifyOptions
{
    /// <summary>The defaults.</summary>
    public static VerifyOptions Default { get; } = new();

    /// <summary>Whether every path's contents are hashed and compared: <c>--check-contents</c>.</summary>
    public bool CheckContents { get; init; }

    /// <summary>Whether what is damaged or missing is fetched again from the <see cref="Substituters"/>: <c>--repair</c>.</summary>
    public bool Repair { get; init; }

    /// <summary>The stores that damaged paths are fetched from, in this order.</summary>
    public IReadOnlyList<INixStore> Substituters { get; init; } = [];

    /// <summary>Told how many paths, or bytes, were checked.</summary>
    public IProgress<NixProgress>? Progress { get; init; }
}
