namespace NixSharp.GitOps.Kubernetes;

/// <summary>A program in an image, and what it sees.</summary>
public sealed record Container
{
    /// <summary>The container's name.</summary>
    public required string Name { get; init; }

    /// <summary>The image.</summary>
    public required string Image { get; init; }

    /// <summary><c>Always</c>, <c>IfNotPresent</c> or <c>Never</c>; null lets the tag decide.</summary>
    public string? ImagePullPolicy { get; init; }

    /// <summary>The program; empty for that of the image.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Its arguments.</summary>
    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>Variables.</summary>
    public IReadOnlyList<EnvironmentVariable> Env { get; init; } = [];

    /// <summary>Ports that it listens at.</summary>
    public IReadOnlyList<ContainerPort> Ports { get; init; } = [];

    /// <summary>Who it runs as, and what it may do.</summary>
    public ContainerSecurityContext? SecurityContext { get; init; }

    /// <summary>What it needs and may use at most.</summary>
    public ResourceRequirements? Resources { get; init; }

    /// <summary>Tells whether it has to be started again.</summary>
    public Probe? LivenessProbe { get; init; }

    /// <summary>Tells whether it can be used.</summary>
    public Probe? ReadinessProbe { get; init; }

    /// <summary>Where it sees volumes.</summary>
    public IReadOnlyList<VolumeMount> VolumeMounts { get; init; } = [];
}
