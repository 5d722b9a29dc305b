using NixSharp.Images.Oci;

namespace NixSharp.Images;

/// <summary>What is known of one layer and the store paths in it.</summary>
public sealed record LayerContents
{
    /// <summary>The layer; null as long as it is planned only, and nobody remembers what it came out as.</summary>
    public LayerDescriptor? Descriptor { get; init; }

    /// <summary>The digest of the layer's tar archive; null where it is not known.</summary>
    public OciDigest? DiffId { get => field ?? Descriptor?.DiffId; init; }

    /// <summary>What the layer is made of, digested; null where that is not known.</summary>
    public string? Identity { get; init; }

    /// <summary>What the layer holds besides, in a few words; empty for store paths.</summary>
    public string Description { get; init; } = "";

    /// <summary>The store paths in the layer, as far as they are known.</summary>
    public IReadOnlyList<LayerPath> Paths { get; init; } = [];

    /// <summary>Whether there are more store paths than <see cref="Paths"/> has.</summary>
    public bool HasMore { get; init; }

    /// <summary>The size of what is in the layer, in bytes before compression: of NARs, or of the files; null where it is not known.</summary>
    public long? ContentSize { get; init; }
}
