using YamlDotNet.Serialization;

namespace NixSharp.GitOps.Kubernetes;

/// <summary>What runs in a pod.</summary>
public sealed record PodSpec
{
    /// <summary>The account that it runs as; null for the namespace's default.</summary>
    public string? ServiceAccountName { get; init; }

    /// <summary>Whether containers get the account's token; null for the account's default.</summary>
    public bool? AutomountServiceAccountToken { get; init; }

    /// <summary>What it may push aside, such as <c>system-node-critical</c>.</summary>
    public string? PriorityClassName { get; init; }

    /// <summary>Whether it sees the node's processes.</summary>
    [YamlMember(Alias = "hostPID")]
    public bool? HostPid { get; init; }

    /// <summary>How long it may take to end once asked to; null for 30 seconds.</summary>
    public long? TerminationGracePeriodSeconds { get; init; }

    /// <summary><c>Always</c>, <c>OnFailure</c> or <c>Never</c>; null for always.</summary>
    public string? RestartPolicy { get; init; }

    /// <summary>The labels of the nodes that it may run on.</summary>
    public IReadOnlyDictionary<string, string> NodeSelector { get; init; } = new Dictionary<string, string>();

    /// <summary>Taints of nodes that do not keep it away.</summary>
    public IReadOnlyList<Toleration> Tolerations { get; init; } = [];

    /// <summary>Secrets with credentials for registries of images.</summary>
    public IReadOnlyList<LocalReference> ImagePullSecrets { get; init; } = [];

    /// <summary>Who its containers run as.</summary>
    public PodSecurityContext? SecurityContext { get; init; }

    /// <summary>Containers that run to their end first, one after the other.</summary>
    public IReadOnlyList<Container> InitContainers { get; init; } = [];

    /// <summary>Containers that run together.</summary>
    public IReadOnlyList<Container> Containers { get; init; } = [];

    /// <summary>What the containers can mount.</summary>
    public IReadOnlyList<Volume> Volumes { get; init; } = [];
}
