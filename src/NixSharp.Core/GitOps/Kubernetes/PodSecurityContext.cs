namespace NixSharp.GitOps.Kubernetes;

/// <summary>Who the containers of a pod run as.</summary>
public sealed record PodSecurityContext
{
    /// <summary>Whether they are refused to run as root.</summary>
    public bool? RunAsNonRoot { get; init; }

    /// <summary>The user's number.</summary>
    public long? RunAsUser { get; init; }

    /// <summary>The group's number.</summary>
    public long? RunAsGroup { get; init; }

    /// <summary>The group that volumes are given to.</summary>
    public long? FsGroup { get; init; }
}
