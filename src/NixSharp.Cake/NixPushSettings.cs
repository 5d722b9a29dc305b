using NixSharp.Registries;

namespace NixSharp.Cake;

/// <summary>How an image is pushed.</summary>
public sealed record NixPushSettings
{
    /// <summary>What pushes the image. Default: NixSharp itself.</summary>
    public NixPushEngine Engine { get; init; } = NixPushEngine.Native;

    /// <summary>Talks plain HTTP. Registries on this machine are always talked to like that.</summary>
    public bool PlainHttp { get; init; }

    /// <summary>A file in the format of <c>~/.docker/config.json</c>; null takes those of skopeo, Podman and Docker.</summary>
    public string? AuthFile { get; init; }

    /// <summary>The user name and password themselves, from <c>EnvironmentVariable(...)</c>; null takes the files.</summary>
    public RegistryCredentials? Credentials { get; init; }
}
