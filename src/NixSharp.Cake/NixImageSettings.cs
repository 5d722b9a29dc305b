using NixSharp.Images;

namespace NixSharp.Cake;

/// <summary>What an image is made of.</summary>
public sealed record NixImageSettings : NixSettings
{
    /// <summary>How containers run, and how the layers are made.</summary>
    public ImageOptions Options { get; init; } = new() { Cache = new LayerCache(LayerCache.DefaultFolder) };
}
