namespace NixSharp.GitOps.Kubernetes;

/// <summary>A port that has to take connections.</summary>
public sealed record SocketProbe
{
    /// <summary>The port, by number or name.</summary>
    public required IntOrString Port { get; init; }
}
