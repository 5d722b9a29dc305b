namespace NixSharp.GitOps.Kubernetes;

/// <summary>Files of a secret.</summary>
public sealed record SecretFiles
{
    /// <summary>The name of the secret.</summary>
    public required string SecretName { get; init; }

    /// <summary>The files' mode, as a decimal number.</summary>
    public int? DefaultMode { get; init; }

    /// <summary>Whether the pod starts without it.</summary>
    public bool? Optional { get; init; }
}
