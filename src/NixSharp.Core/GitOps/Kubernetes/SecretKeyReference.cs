namespace NixSharp.GitOps.Kubernetes;

/// <summary>A value in a secret.</summary>
public sealed record SecretKeyReference
{
    /// <summary>The secret.</summary>
    public required string Name { get; init; }

    /// <summary>The name of the value in it.</summary>
    public required string Key { get; init; }

    /// <summary>Whether the container starts without it.</summary>
    public bool? Optional { get; init; }
}
