namespace NixSharp.Images.Oci;

/// <summary>Keys of annotations that the OCI image specification defines.</summary>
public static class OciAnnotations
{
    /// <summary>The digest of the image that an image is based on.</summary>
    public const string BaseDigest = "org.opencontainers.image.base.digest";

    /// <summary>The reference of the image that an image is based on.</summary>
    public const string BaseName = "org.opencontainers.image.base.name";

    /// <summary>What an image is called in a layout.</summary>
    public const string ReferenceName = "org.opencontainers.image.ref.name";
}
