namespace NixSharp.Images;

/// <summary>How an image is written to disk.</summary>
public sealed record WriteOptions
{
    /// <summary>Told how much of each layer is done, in bytes of its tar archive; the total is an estimate.</summary>
    public IProgress<NixProgress>? Progress { get; init; }
}
