namespace NixSharp.GitOps.Kubernetes;

/// <summary>Who a container runs as, and what it may do.</summary>
public sealed record ContainerSecurityContext
{
    /// <summary>Whether it may do what the node's root may.</summary>
    public bool? Privileged { get; init; }

    /// <summary>Whether it is refused to run as root.</summary>
    public bool? RunAsNonRoot { get; init; }

    /// <summary>The user's number.</summary>
    public long? RunAsUser { get; init; }

    /// <summary>Whether it can gain rights by running programs.</summary>
    public bool? AllowPrivilegeEscalation { get; init; }

    /// <summary>Whether the image's files cannot be changed.</summary>
    public bool? ReadOnlyRootFilesystem { get; init; }
}
