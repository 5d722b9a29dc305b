namespace NixSharp.GitOps.Kubernetes;

/// <summary>A program that has to succeed.</summary>
public sealed record CommandProbe
{
    /// <summary>The program and its arguments.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];
}
