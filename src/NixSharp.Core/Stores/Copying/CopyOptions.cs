namespace NixSharp.Stores.Copying;

/// <summary>How paths are copied from store to store.</summary>
public sealed record CopyOptions
{
    /// <summary>The defaults.</summary>
    public static CopyOptions Default { get; } = new();

    /// <summary>Whether all that the paths need is copied with them. Else it must be in the destination already.</summary>
    public bool Recursive { get; init; } = true;

    /// <summary>Whether the destination asks for a signature that it trusts, where it asks for any.</summary>
    public bool CheckSignatures { get; init; } = true;

    /// <summary>Whether nothing is copied, and only told what would be.</summary>
    public bool DryRun { get; init; }

    /// <summary>
    /// Whether a destination that can build first fetches from its own substituters what those have, as
    /// <c>nix copy --substitute-on-destination</c> does.
    /// </summary>
    public bool SubstituteOnDestination { get; init; }

    /// <summary>How many transfers run at once, at most.</summary>
    public int Jobs { get; init; } = Math.Clamp(Environment.ProcessorCount, 4, 16);

    /// <summary>Told how many bytes, and how many paths, have arrived.</summary>
    public IProgress<NixProgress>? Progress { get; init; }
}
