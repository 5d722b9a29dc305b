namespace NixSharp.Cake;

/// <summary>How store paths are copied. <see cref="NixSettings.Store"/> is the store that they are copied from.</summary>
public sealed record NixCopySettings : NixSettings
{
    /// <summary>Whether all that the paths need is copied with them.</summary>
    public bool Recursive { get; init; } = true;

    /// <summary>Whether the destination asks for a signature that it trusts, where it asks for any.</summary>
    public bool CheckSignatures { get; init; } = true;

    /// <summary>Whether nothing is copied, and only told what would be.</summary>
    public bool DryRun { get; init; }
}
