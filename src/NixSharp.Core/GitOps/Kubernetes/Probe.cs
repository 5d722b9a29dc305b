namespace NixSharp.GitOps.Kubernetes;

/// <summary>How kubelet finds out how a container is.</summary>
public sealed record Probe
{
    /// <summary>Asks a web server.</summary>
    public HttpProbe? HttpGet { get; init; }

    /// <summary>Connects to a port.</summary>
    public SocketProbe? TcpSocket { get; init; }

    /// <summary>Runs a program in the container.</summary>
    public CommandProbe? Exec { get; init; }

    /// <summary>How long to wait before the first time.</summary>
    public int? InitialDelaySeconds { get; init; }

    /// <summary>How often.</summary>
    public int? PeriodSeconds { get; init; }

    /// <summary>How long an answer may take.</summary>
    public int? TimeoutSeconds { get; init; }

    /// <summary>How often in a row it has to fail to count.</summary>
    public int? FailureThreshold { get; init; }
}
