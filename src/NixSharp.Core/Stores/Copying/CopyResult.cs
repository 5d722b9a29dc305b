namespace NixSharp.Stores.Copying;

/// <summary>What a copy did, or would do.</summary>
/// <param name="Copied">The paths that were not in the destination, what one refers to before it.</param>
/// <param name="AlreadyThere">How many of the paths the destination had.</param>
public sealed record CopyResult(IReadOnlyList<PathInfo> Copied, int AlreadyThere)
{
    /// <summary>The sum of the sizes of the NARs of what was copied, in bytes.</summary>
    public long NarSize => Copied.Sum(static info => info.NarSize);
}
