using YamlDotNet.Serialization;

namespace NixSharp.GitOps.Kubernetes;

/// <summary>
/// An object of a cluster, or a file in the form of one, with the fields that NixSharp writes. Written as YAML in a fixed
/// order, without fields that are null or empty.
/// </summary>
/// <param name="ApiVersion">The group and version of the kind.</param>
/// <param name="Kind">The kind.</param>
public abstract record KubernetesObject(
    [property: YamlMember(Order = -3)] string ApiVersion,
    [property: YamlMember(Order = -2)] string Kind)
{
    /// <summary>The object's name and what is attached to it; null for files that need none.</summary>
    [YamlMember(Order = -1)]
    public ObjectMetadata? Metadata { get; init; }

    /// <summary>The object as a YAML document, without a line of dashes.</summary>
    public string ToYaml() => KubernetesYaml.Write(this);
}
