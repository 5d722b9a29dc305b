namespace NixSharp.GitOps.Kubernetes;

/// <summary>Which pod a <see cref="DaemonSet"/> puts on the nodes.</summary>
public sealed record DaemonSetSpec
{
    /// <summary>Which pods are its own: those of the template.</summary>
    public required LabelSelector Selector { get; init; }

    /// <summary>How pods are replaced; null for the cluster's default.</summary>
    public UpdateStrategy? UpdateStrategy { get; init; }

    /// <summary>The pod.</summary>
    public required PodTemplate Template { get; init; }
}
