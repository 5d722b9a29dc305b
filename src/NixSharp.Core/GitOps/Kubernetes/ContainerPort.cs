using YamlDotNet.Serialization;

namespace NixSharp.GitOps.Kubernetes;

/// <summary>A port that a container listens at.</summary>
public sealed record ContainerPort
{
    /// <summary>The port's name.</summary>
    public required string Name { get; init; }

    /// <summary>The port.</summary>
    [YamlMember(Alias = "containerPort")]
    public required int Port { get; init; }
}
