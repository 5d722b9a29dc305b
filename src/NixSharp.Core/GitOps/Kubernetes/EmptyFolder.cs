namespace NixSharp.GitOps.Kubernetes;

/// <summary>A folder that goes with the pod.</summary>
public sealed record EmptyFolder
{
    /// <summary>How large it may get, such as <c>1Gi</c>.</summary>
    public string? SizeLimit { get; init; }

    /// <summary><c>Memory</c> keeps it in memory.</summary>
    public string? Medium { get; init; }
}
