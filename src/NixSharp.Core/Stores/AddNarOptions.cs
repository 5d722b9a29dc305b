namespace NixSharp.Stores;

/// <summary>How a NAR is taken into a store.</summary>
public sealed record AddNarOptions
{
    /// <summary>The defaults.</summary>
    public static AddNarOptions Default { get; } = new();

    /// <summary>Whether a path that is valid already gets its files anew.</summary>
    public bool Repair { get; init; }

    /// <summary>
    /// Whether a path that is not content-addressed must carry a signature of a key that the store trusts.
    /// Hash and size are checked in any case.
    /// </summary>
    public bool CheckSignatures { get; init; } = true;
}
