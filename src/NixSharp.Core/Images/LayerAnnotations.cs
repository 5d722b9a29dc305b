namespace NixSharp.Images;

/// <summary>
/// The annotations by which layers are known again. They are on the layers' descriptors in the manifest, so that a
/// machine that has nothing but the registry learns from one request which of its layers are there.
/// </summary>
internal static class LayerAnnotations
{
    /// <summary>What the layer was made of: <see cref="TarLayer.Identity"/>.</summary>
    public const string Identity = "io.github.nixsharp.layer.identity";

    /// <summary>The digest of the layer's tar archive, which the configuration needs.</summary>
    public const string DiffId = "io.github.nixsharp.layer.diff-id";

    /// <summary>The store paths in the layer, with the sizes of their NARs.</summary>
    public const string StorePaths = "io.github.nixsharp.layer.store-paths";
}
