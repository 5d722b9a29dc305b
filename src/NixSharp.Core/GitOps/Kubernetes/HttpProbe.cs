namespace NixSharp.GitOps.Kubernetes;

/// <summary>A request that has to succeed.</summary>
public sealed record HttpProbe
{
    /// <summary>The path.</summary>
    public required string Path { get; init; }

    /// <summary>The port, by number or name.</summary>
    public required IntOrString Port { get; init; }
}
