using NixSharp.Registries;
using NixSharp.Registries.Delivery;

namespace NixSharp.Cake;

/// <summary>How an image is pushed, or loaded into Docker or Podman.</summary>
public sealed record NixPushSettings
{
    /// <summary>What gets the image there. Default: NixSharp itself, to a registry.</summary>
    public ImageEngine Engine { get; init; } = ImageEngine.Native;

    /// <summary>Talks plain HTTP. Registries on this machine are talked to like that unless they have TLS.</summary>
    public bool PlainHttp { get; init; }

    /// <summary>Takes any certificate that the registry shows, and plain HTTP where it has no TLS.</summary>
    public bool Insecure { get; init; }

    /// <summary>The most requests at one time, from 1 on; null takes as many as the registry takes well.</summary>
    public int? Connections { get; init; }

    /// <summary>A folder with the registry's certificates; null takes those of Podman and Docker.</summary>
    public string? CertificateFolder { get; init; }

    /// <summary>A file in the format of <c>~/.docker/config.json</c>; null takes those of skopeo, Podman and Docker.</summary>
    public string? AuthFile { get; init; }

    /// <summary>The user name and password themselves, from <c>EnvironmentVariable(...)</c>; null takes the files.</summary>
    public RegistryCredentials? Credentials { get; init; }

    /// <summary>Tags of the same repository whose images may have some of the layers, such as that of the last release.</summary>
    public IReadOnlyList<string> PreviousTags { get; init; } = [];

    /// <summary>What is believed of the layers that such images say they have.</summary>
    public PreviousLayerPolicy PreviousLayers { get; init; }

    /// <summary>The socket of Docker or Podman, such as <c>unix:///run/podman/podman.sock</c>; null looks where theirs usually is.</summary>
    public string? Address { get; init; }
}
