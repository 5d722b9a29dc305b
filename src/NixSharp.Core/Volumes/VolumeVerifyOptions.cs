namespace NixSharp.Volumes;

/// <summary>How a volume is verified.</summary>
public sealed record VolumeVerifyOptions
{
    /// <summary>The defaults: by database and size.</summary>
    public static VolumeVerifyOptions Default { get; } = new();

    /// <summary>
    /// Whether all contents are read and hashed. Otherwise each store path has to be there, in the database and with the
    /// size that it should have, which finds what is cut off or missing.
    /// </summary>
    public bool CheckContents { get; init; }

    /// <summary>Told how many paths, or bytes, were checked.</summary>
    public IProgress<NixProgress>? Progress { get; init; }
}
