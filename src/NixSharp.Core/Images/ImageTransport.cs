namespace NixSharp.Images;

/// <summary>The forms that images have on disk.</summary>
public enum ImageTransport
{
    /// <summary>A folder in the OCI image layout.</summary>
    Oci,

    /// <summary>A tar archive of an OCI image layout.</summary>
    OciArchive,

    /// <summary>A tar archive as <c>docker save</c> writes it.</summary>
    DockerArchive,

    /// <summary>nix2container's JSON file; its layers are made from the store when they are written.</summary>
    Nix,

    /// <summary>
    /// The configuration of nixpkgs' <c>streamLayeredImage</c>, or the script that it makes; its layers are made from the
    /// store when they are written.
    /// </summary>
    Stream,
}
