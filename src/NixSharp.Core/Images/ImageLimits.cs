namespace NixSharp.Images;

/// <summary>How much of an image that comes from elsewhere is read before it is refused.</summary>
public sealed record ImageLimits
{
    /// <summary>The most bytes of a manifest, configuration, index or description; registries draw the line here too.</summary>
    public int MaxJsonSize { get; init; } = ImageJson.MaxSize;

    /// <summary>The most layers.</summary>
    public int MaxLayers { get; init; } = 1000;

    /// <summary>The most bytes that an archive or a layer may unpack to.</summary>
    public long MaxUnpackedSize { get; init; } = 64L * 1024 * 1024 * 1024;

    /// <summary>The most files of an archive, and of all layers that are looked into.</summary>
    public int MaxFiles { get; init; } = 1_000_000;

    /// <summary>The most bytes of one extended header of a tar archive.</summary>
    public int MaxHeaderSize { get; init; } = 1024 * 1024;

    /// <summary>Whether layers may have devices. They are of no use in images, but some have them.</summary>
    public bool AllowDevices { get; init; }
}
