namespace NixSharp.GitOps.Kubernetes;

/// <summary>A taint of nodes that does not keep a pod away.</summary>
public sealed record Toleration
{
    /// <summary>The taint's name; null for every taint.</summary>
    public string? Key { get; init; }

    /// <summary><c>Exists</c>, or <c>Equal</c> with a value.</summary>
    public string? Operator { get; init; }

    /// <summary>The taint's value.</summary>
    public string? Value { get; init; }

    /// <summary>Which effect of the taint is meant; null for all.</summary>
    public string? Effect { get; init; }
}
