namespace NixSharp.GitOps.Kubernetes.Api;

/// <summary>Something that happened to a pod, as <c>kubectl describe</c> shows it.</summary>
/// <param name="Pod">The pod.</param>
/// <param name="Reason">What happened, as one word: <c>NixBuildFailed</c>.</param>
/// <param name="Message">What happened, as a sentence; what is longer than a kilobyte is cut.</param>
public sealed record PodEvent(PodReference Pod, string Reason, string Message)
{
    /// <summary>Whether it is bad news.</summary>
    public bool IsWarning { get; init; }
}
