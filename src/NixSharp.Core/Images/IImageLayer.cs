namespace NixSharp.Images;

/// <summary>
/// One layer of an image, which may not exist yet: a layer over store paths is made, compressed and digested in the
/// one pass that writes it.
/// </summary>
public interface IImageLayer
{
    /// <summary>What the layer is, where that is known without making it; set by the first <see cref="WriteToAsync"/>.</summary>
    LayerDescriptor? Descriptor { get; }

    /// <summary>A repository that has the layer already; null where none is known.</summary>
    LayerOrigin? Origin => null;

    /// <summary>The layer's uncompressed size in bytes, at least roughly: for progress and scheduling only.</summary>
    long EstimatedSize { get; }

    /// <summary>Writes the layer's bytes; every call writes the same ones. <paramref name="destination"/> stays open.</summary>
    Task<LayerDescriptor> WriteToAsync(Stream destination, CancellationToken cancellationToken = default);
}
