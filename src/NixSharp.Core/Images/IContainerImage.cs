namespace NixSharp.Images;

/// <summary>An image that can be written or pushed: made from a closure, or read from a layout or an archive.</summary>
public interface IContainerImage
{
    /// <summary>The layers, lowest first.</summary>
    IReadOnlyList<IImageLayer> Layers { get; }

    /// <summary>The manifest and configuration. Every layer's <see cref="IImageLayer.Descriptor"/> has to be known.</summary>
    /// <exception cref="InvalidOperationException">A layer has not been made yet.</exception>
    ImageManifest GetManifest();
}
