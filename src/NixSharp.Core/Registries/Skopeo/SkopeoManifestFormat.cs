namespace NixSharp.Registries.Skopeo;

/// <summary>The form of a manifest.</summary>
public enum SkopeoManifestFormat
{
    /// <summary>That of the OCI image specification.</summary>
    Oci,

    /// <summary>Docker's, version 2 schema 2.</summary>
    Docker,

    /// <summary>Docker's old one, version 2 schema 1.</summary>
    DockerSchema1,
}
