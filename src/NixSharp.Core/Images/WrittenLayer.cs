namespace NixSharp.Images;

/// <summary>A layer that was written to disk.</summary>
/// <param name="Descriptor">The layer as it is there; in a docker archive it is not compressed.</param>
/// <param name="Reused">Whether it was there already, and so was not made again.</param>
public readonly record struct WrittenLayer(LayerDescriptor Descriptor, bool Reused);
