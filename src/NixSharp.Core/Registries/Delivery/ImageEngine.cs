namespace NixSharp.Registries.Delivery;

/// <summary>What gets an image to where it is used.</summary>
public enum ImageEngine
{
    /// <summary>NixSharp itself pushes to a registry, without temporary files.</summary>
    Native,

    /// <summary>The program <c>skopeo</c> pushes to a registry.</summary>
    Skopeo,

    /// <summary>The Docker daemon of this machine loads the image, over its socket.</summary>
    Docker,

    /// <summary>The Podman service of this machine loads the image, over its socket.</summary>
    Podman,
}
