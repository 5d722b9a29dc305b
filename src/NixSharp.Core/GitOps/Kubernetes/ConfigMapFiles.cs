namespace NixSharp.GitOps.Kubernetes;

/// <summary>Files of a <see cref="ConfigMap"/>.</summary>
public sealed record ConfigMapFiles
{
    /// <summary>The name of the map.</summary>
    public required string Name { get; init; }

    /// <summary>The files' mode, as a decimal number.</summary>
    public int? DefaultMode { get; init; }

    /// <summary>Whether the pod starts without it.</summary>
    public bool? Optional { get; init; }
}
