namespace NixSharp.Registries;

/// <summary>How an image is pushed.</summary>
public sealed record PushOptions : RegistryOptions
{
    /// <summary>Repositories of the same registry to take layers from without an upload, as far as they have them.</summary>
    public IReadOnlyList<string> MountFrom { get; init; } = [];

    /// <summary>
    /// Tags of the same repository whose images may have some of the layers, besides the tag that is pushed to: the
    /// tag of the last release, say, where every push has a new one. They cost a request each, as long as layers are missing.
    /// </summary>
    public IReadOnlyList<string> PreviousTags { get; init; } = [];

    /// <summary>What is believed of the images that these tags have.</summary>
    public PreviousLayerPolicy PreviousLayers { get; init; }

    /// <summary>Gets the bytes of each layer and the number of layers that are done.</summary>
    public IProgress<NixProgress>? Progress { get; init; }
}
