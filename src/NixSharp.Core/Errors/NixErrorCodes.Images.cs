namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>An option of an image that cannot be: a port, a variable, a file, a number of layers.</summary>
    public const string InvalidImageOptions = "NIXS4001";

    /// <summary>Text that names no place of an image.</summary>
    public const string InvalidImageLocation = "NIXS4002";

    /// <summary>An image that is not where it should be read from.</summary>
    public const string ImageNotFound = "NIXS4003";

    /// <summary>A layout, archive, manifest or configuration that is damaged or too large.</summary>
    public const string InvalidImage = "NIXS4004";

    /// <summary>A layer, manifest or configuration whose bytes do not have the digest that they should have.</summary>
    public const string BlobDigestMismatch = "NIXS4005";

    /// <summary>An image that cannot be read, because the system does not let it.</summary>
    public const string ImageUnreadable = "NIXS4006";

    /// <summary>An image that cannot be written: no space, no permission, a place that is taken.</summary>
    public const string ImageWriteFailed = "NIXS4007";

    /// <summary>A layer that came out other than it was known to be.</summary>
    public const string LayerChanged = "NIXS4008";

    /// <summary>An image of a kind that cannot be written in the form that was asked for.</summary>
    public const string UnsupportedImage = "NIXS4009";

    /// <summary>An image for another platform than the one that is asked for.</summary>
    public const string WrongPlatform = "NIXS4030";

    /// <summary>Certificates or time zones for an image that are not where they should come from.</summary>
    public const string ImageContentsMissing = "NIXS4031";
}
