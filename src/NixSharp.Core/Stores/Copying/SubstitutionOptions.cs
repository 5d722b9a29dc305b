namespace NixSharp.Stores.Copying;

/// <summary>How paths are fetched from substituters.</summary>
public sealed record SubstitutionOptions
{
    /// <summary>The defaults.</summary>
    public static SubstitutionOptions Default { get; } = new();

    /// <summary>Whether the destination asks for a signature that it trusts, where it asks for any.</summary>
    public bool CheckSignatures { get; init; } = true;

    /// <summary>How many transfers run at once, at most.</summary>
    public int Jobs { get; init; } = CopyOptions.Default.Jobs;

    /// <summary>Told how many bytes, and how many paths, have arrived.</summary>
    public IProgress<NixProgress>? Progress { get; init; }
}
