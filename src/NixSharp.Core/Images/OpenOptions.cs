using NixSharp.Images.Oci;

namespace NixSharp.Images;

/// <summary>How an image on disk is opened.</summary>
public sealed record OpenOptions
{
    /// <summary>Which image of an index is meant. An image that is in no index is opened as it is.</summary>
    public OciPlatform Platform { get; init; } = OciPlatform.Current;

    /// <summary>
    /// The digest that the image must have: of its manifest or index, or, in a docker archive, which has none, of its
    /// configuration. Null takes what is there.
    /// </summary>
    public OciDigest? Digest { get; init; }

    /// <summary>
    /// How the layers of a docker archive, which are not compressed there, are compressed when they are pushed or
    /// written to an OCI layout. Images in OCI layouts and archives stay as they are.
    /// </summary>
    public LayerCompression Compression { get; init; } = LayerCompression.Gzip;

    /// <summary>Where the descriptors of such layers are remembered; null remembers nothing.</summary>
    public LayerCache? Cache { get; init; }

    /// <summary>The most bytes that a gzipped archive may unpack to, in a temporary file.</summary>
    public long MaxUnpackedSize { get; init; } = 64L * 1024 * 1024 * 1024;
}
