namespace NixSharp.Images;

/// <summary>A store path that is in one of two images only; with its other version where both have one.</summary>
/// <param name="Earlier">The path in the earlier image; null where it came.</param>
/// <param name="Later">The path in the later image; null where it went.</param>
public readonly record struct PathChange(LayerPath? Earlier, LayerPath? Later)
{
    /// <summary>How many bytes of NARs the later image has more, or fewer; null where a size is not known.</summary>
    public long? Growth => (Later is null ? 0 : Later.Value.NarSize) - (Earlier is null ? 0 : Earlier.Value.NarSize);
}
