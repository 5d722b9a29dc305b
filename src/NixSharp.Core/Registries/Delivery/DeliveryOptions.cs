using NixSharp.Registries.Engines;
using NixSharp.Registries.Skopeo;

namespace NixSharp.Registries.Delivery;

/// <summary>How an image gets to where it is used.</summary>
public sealed record DeliveryOptions
{
    /// <summary>What gets it there.</summary>
    public ImageEngine Engine { get; init; }

    /// <summary>How it is pushed; credentials, plain HTTP and progress hold for every engine that has them.</summary>
    public PushOptions Push { get; init; } = new();

    /// <summary>The program that <see cref="ImageEngine.Skopeo"/> runs.</summary>
    public string SkopeoProgram { get; init; } = new SkopeoOptions().Program;

    /// <summary>Where the Docker daemon or Podman service listens; null looks where theirs usually does.</summary>
    public EngineAddress? Address { get; init; }

    /// <summary>Gets each line that skopeo or the engine says.</summary>
    public IProgress<string>? Log { get; init; }
}
