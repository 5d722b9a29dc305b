namespace NixSharp.Csi.Publishing;

/// <summary>What is known of a volume that is published.</summary>
internal sealed record VolumeUsage
{
    /// <summary>Its bytes; null where they cannot be told.</summary>
    public SpaceUsage? Bytes { get; init; }

    /// <summary>Its files, folders and symlinks; null where they cannot be told.</summary>
    public SpaceUsage? Inodes { get; init; }

    /// <summary>What is wrong with it; null where nothing is.</summary>
    public string? Problem { get; init; }
}
