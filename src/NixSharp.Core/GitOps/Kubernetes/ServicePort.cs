namespace NixSharp.GitOps.Kubernetes;

/// <summary>A port of a service.</summary>
public sealed record ServicePort
{
    /// <summary>The port's name.</summary>
    public required string Name { get; init; }

    /// <summary>The port that clients connect to.</summary>
    public required int Port { get; init; }

    /// <summary>The pods' port, by number or name; null for the same.</summary>
    public IntOrString? TargetPort { get; init; }
}
