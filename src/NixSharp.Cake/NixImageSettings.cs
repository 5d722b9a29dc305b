using NixSharp.Images;

namespace NixSharp.Cake;

/// <summary>What an image is made of.</summary>
public sealed record NixImageSettings : NixSettings
{
    /// <summary>How containers run, and how the layers are made.</summary>
    public ImageOptions Options { get; init; } = new() { Cache = new LayerCache(LayerCache.DefaultFolder) };

    /// <summary>The image below: a reference such as <c>debian:12</c>, or <c>oci:FOLDER:TAG</c>; null has none.</summary>
    public string? Base { get; init; }
}
