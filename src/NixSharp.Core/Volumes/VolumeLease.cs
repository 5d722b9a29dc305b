using NixSharp.StorePaths;

namespace NixSharp.Volumes;

/// <summary>What keeps a volume's closure from being collected in the store that it comes from.</summary>
/// <param name="Volume">The volume.</param>
/// <param name="Roots">The store paths that are kept, with all that they need.</param>
/// <param name="Held">Since when; before the volume's first link.</param>
public sealed record VolumeLease(VolumeName Volume, IReadOnlyList<StorePath> Roots, DateTimeOffset Held)
{
    /// <summary>When the volume was deleted; null while there is one.</summary>
    public DateTimeOffset? Released { get; init; }
}
