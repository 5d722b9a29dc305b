using NixSharp.Images.Oci;
using NixSharp.Stores;

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
    /// How the layers of a docker archive or of a description, which are not compressed there, are compressed when they
    /// are pushed or written to an OCI layout. Images in OCI layouts and archives stay as they are.
    /// </summary>
    public LayerCompression Compression { get; init; } = LayerCompression.Gzip;

    /// <summary>Where the descriptors of such layers are remembered; null remembers nothing.</summary>
    public LayerCache? Cache { get; init; }

    /// <summary>How much is read before an image is refused.</summary>
    public ImageLimits Limits { get; init; } = new();

    /// <summary>
    /// The store that the paths of a description are in; it has to stay open as long as the image is used. Null reads
    /// them from <c>/nix/store</c> as they are, which is slower where the layers are known already.
    /// </summary>
    public INixStore? Store { get; init; }

    /// <summary>Told of what is not as a description of an image says, but does no harm.</summary>
    public IProgress<string>? Log { get; init; }
}
