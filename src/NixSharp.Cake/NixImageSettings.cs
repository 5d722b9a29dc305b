using NixSharp.Images;

namespace NixSharp.Cake;

/// <summary>What an image is made of.</summary>
public sealed record NixImageSettings : NixSettings
{
    /// <summary>How containers run, and how the layers are made.</summary>
    public ImageOptions Options { get; init; } = new() { Cache = new LayerCache(LayerCache.DefaultFolder) };

    /// <summary>The image below: a reference such as <c>debian:12</c>, or <c>oci:FOLDER:TAG</c>; null has none.</summary>
    public string? Base { get; init; }

    /// <summary>What images are for, such as <c>linux/arm64</c>, each on the base for the same; several are joined into an index. None stands for that of <see cref="Options"/>.</summary>
    public IReadOnlyList<string> Platforms { get; init; } = [];
}
