namespace NixSharp.Registries.Skopeo;

/// <summary>What skopeo synchronises images from and to.</summary>
public enum SkopeoSyncTransport
{
    /// <summary>A registry: a repository with or without a tag as a source, a registry or the beginning of repositories as a destination.</summary>
    Docker,

    /// <summary>A folder, with a folder for each image.</summary>
    Dir,

    /// <summary>A YAML file that lists registries and images; a source only.</summary>
    Yaml,
}
