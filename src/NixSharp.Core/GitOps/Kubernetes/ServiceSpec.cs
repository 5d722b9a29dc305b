namespace NixSharp.GitOps.Kubernetes;

/// <summary>What a service leads to.</summary>
public sealed record ServiceSpec
{
    /// <summary><c>None</c> makes it headless: its name gives the pods' own addresses.</summary>
    public string? ClusterIP { get; init; }

    /// <summary>Whether pods are found before they are ready.</summary>
    public bool? PublishNotReadyAddresses { get; init; }

    /// <summary>The labels of the pods that it leads to.</summary>
    public IReadOnlyDictionary<string, string> Selector { get; init; } = new Dictionary<string, string>();

    /// <summary>The ports.</summary>
    public IReadOnlyList<ServicePort> Ports { get; init; } = [];
}
