using NixSharp.Images.Oci;

namespace NixSharp.Images;

/// <summary>A layer as it is pushed, together with the digest of its uncompressed tar archive.</summary>
/// <param name="Blob">The compressed layer.</param>
/// <param name="DiffId">The digest of the tar archive inside.</param>
public readonly record struct LayerDescriptor(OciDescriptor Blob, OciDigest DiffId)
{
    private readonly AnnotationSet? _annotations;

    /// <summary>What readers of the layer's format need to know besides: where the table of contents of a seekable layer is.</summary>
    public AnnotationSet Annotations
    {
        get => _annotations ?? AnnotationSet.Empty;
        init => _annotations = value is { Count: > 0 } ? value : null;
    }
}
