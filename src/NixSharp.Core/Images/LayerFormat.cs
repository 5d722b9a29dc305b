namespace NixSharp.Images;

/// <summary>What a layer's tar archive is packed in.</summary>
public enum LayerFormat
{
    /// <summary>Nothing: it is a plain tar archive.</summary>
    Tar,

    /// <summary>gzip, which every runtime and registry knows.</summary>
    Gzip,

    /// <summary>zstd, which Docker 23, containerd 1.5, Podman and later ones know: smaller, and much faster to unpack.</summary>
    Zstd,
}
