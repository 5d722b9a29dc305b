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
}
