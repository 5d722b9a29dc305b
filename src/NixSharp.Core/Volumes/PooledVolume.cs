using NixSharp.StorePaths;

namespace NixSharp.Volumes;

/// <summary>A volume of a <see cref="VolumePool"/>.</summary>
/// <param name="Name">Its name in the pool.</param>
/// <param name="Path">Its folder.</param>
/// <param name="Kind">How it has its closure.</param>
/// <param name="Roots">The store paths that it was made for.</param>
public sealed record PooledVolume(VolumeName Name, string Path, VolumeKind Kind, IReadOnlyList<StorePath> Roots)
{
    /// <summary>When it was made.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>What its maker noted with it, such as whose it is.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>How many store paths it holds.</summary>
    public int StorePaths { get; init; }

    /// <summary>The sum of the sizes of their NARs, in bytes.</summary>
    public long NarSize { get; init; }

    /// <summary>What making it took; null for a volume that was found.</summary>
    public VolumeReport? Report { get; init; }

    /// <summary>What is wrong with its description; null for a volume that can be used. Of one that cannot, only name and path are known.</summary>
    public string? Problem { get; init; }
}
