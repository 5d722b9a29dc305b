namespace NixSharp.GitOps.Kubernetes;

/// <summary>The pods of a <see cref="StatefulSet"/>.</summary>
public sealed record StatefulSetSpec
{
    /// <summary>The headless service that gives the pods their names.</summary>
    public required string ServiceName { get; init; }

    /// <summary>How many there are.</summary>
    public required int Replicas { get; init; }

    /// <summary><c>Parallel</c> starts them all at once; null starts one after the other.</summary>
    public string? PodManagementPolicy { get; init; }

    /// <summary>Which pods are its own: those of the template.</summary>
    public required LabelSelector Selector { get; init; }

    /// <summary>The pods.</summary>
    public required PodTemplate Template { get; init; }

    /// <summary>Storage that each pod gets and keeps.</summary>
    public IReadOnlyList<VolumeClaim> VolumeClaimTemplates { get; init; } = [];
}
