namespace NixSharp.Registries;

/// <summary>How an image is pushed.</summary>
public sealed record PushOptions : RegistryOptions
{
    /// <summary>The most blobs that are on their way at one time. No more than one layer a processor is made at a time.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>Repositories of the same registry to take layers from without an upload, as far as they have them.</summary>
    public IReadOnlyList<string> MountFrom { get; init; } = [];

    /// <summary>Gets the bytes of each layer and the number of layers that are done.</summary>
    public IProgress<NixProgress>? Progress { get; init; }
}
