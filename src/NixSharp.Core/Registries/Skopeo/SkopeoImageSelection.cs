namespace NixSharp.Registries.Skopeo;

/// <summary>Which images of an index are copied.</summary>
public enum SkopeoImageSelection
{
    /// <summary>The one for this machine, or for what <see cref="SkopeoOptions"/> names.</summary>
    System,

    /// <summary>All of them, and the index.</summary>
    All,

    /// <summary>The index alone, whose images the destination has already.</summary>
    IndexOnly,
}
