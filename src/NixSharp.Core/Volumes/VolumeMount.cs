namespace NixSharp.Volumes;

/// <summary>A place where a volume of a <see cref="VolumePool"/> is mounted, or was to be.</summary>
/// <param name="Target">The place: a full path without symlinks.</param>
/// <param name="Volume">The volume; null where what is there is no volume of the pool.</param>
/// <param name="State">What is there now.</param>
public sealed record VolumeMount(string Target, VolumeName? Volume, VolumeMountState State)
{
    /// <summary>How it was mounted.</summary>
    public VolumeMountOptions Options { get; init; } = VolumeMountOptions.Default;

    /// <summary>When it was mounted; null where the pool has no record of it.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>Whether it was there already when it was asked for.</summary>
    public bool IsReused { get; init; }
}
