namespace NixSharp.Registries.Engines;

/// <summary>How an image is loaded into an engine.</summary>
public sealed record LoadOptions
{
    /// <summary>Gets the bytes of each layer while it is sent, and what the engine reports of its own.</summary>
    public IProgress<NixProgress>? Progress { get; init; }

    /// <summary>Gets each line that the engine says.</summary>
    public IProgress<string>? Log { get; init; }
}
