namespace NixSharp.GitOps.Kubernetes;

/// <summary>Where a container sees a volume.</summary>
public sealed record VolumeMount
{
    /// <summary>The volume's name.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is seen.</summary>
    public required string MountPath { get; init; }

    /// <summary>The file or folder of the volume that is seen; null for all of it.</summary>
    public string? SubPath { get; init; }

    /// <summary>Whether it cannot be changed.</summary>
    public bool? ReadOnly { get; init; }

    /// <summary><c>Bidirectional</c> shows the node what is mounted in there; <c>HostToContainer</c> the other way.</summary>
    public string? MountPropagation { get; init; }
}
