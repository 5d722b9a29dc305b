using System.Net;
using NixSharp.Csi.Publishing;
using NixSharp.GitOps.Kubernetes.Api;
using NixSharp.GitOps.Kubernetes.Csi;

namespace NixSharp.Csi;

/// <summary>How a <see cref="CsiDriver"/> works.</summary>
public sealed record CsiOptions
{
    /// <summary>The name of nix-csi, for those who come from it.</summary>
    public const string NixCsiName = "nix.csi.store";

    /// <summary>The name of nixkube, for those who come from it.</summary>
    public const string NixKubeName = "nixkube";

    /// <summary>The socket to listen at: <c>unix:///PATH</c>, or its path.</summary>
    public string Endpoint { get; init; } = "unix:///csi/csi.sock";

    /// <summary>The driver's name, which the <c>CSIDriver</c> object in the cluster has too.</summary>
    public string Name { get; init; } = NixCsiName;

    /// <summary>The node's name in the cluster.</summary>
    public required string NodeId { get; init; }

    /// <summary>How many volumes the orchestrator may put on this node; 0 leaves that to it.</summary>
    public long MaxVolumes { get; init; }

    /// <summary>The store, by its URI. Its files must be on this machine.</summary>
    public string Store { get; init; } = "auto";

    /// <summary>
    /// The folder for volumes and what is known of them. On the store's own file system, volumes take no space.
    /// </summary>
    public string StateFolder { get; init; } = "/nix/var/nixsharp/csi";

    /// <summary>The stores to fetch paths from, by their URIs; null for those of <c>nix.conf</c>.</summary>
    public IReadOnlyList<string>? Substituters { get; init; }

    /// <summary>The keys whose signatures count, <c>name:base64</c> each; null for those of <c>nix.conf</c>.</summary>
    public IReadOnlyList<string>? TrustedKeys { get; init; }

    /// <summary>
    /// The builders on other machines, as Nix's setting <c>builders</c> has them: lines, or <c>@FILE</c>; null for those of
    /// <c>nix.conf</c>.
    /// </summary>
    public string? Builders { get; init; }

    /// <summary>How many builds run on this node at once; 0 leaves all to <see cref="Builders"/>. Null for what <c>nix.conf</c> says.</summary>
    public int? MaxJobs { get; init; }

    /// <summary>More settings for Nix where it evaluates and builds, by name.</summary>
    public IReadOnlyDictionary<string, string> NixSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>The store that what is built here is pushed to, by its URI; null for none.</summary>
    public string? Cache { get; init; }

    /// <summary>The file with the key that signs what is pushed; null pushes it with the signatures that it has.</summary>
    public string? CacheKeyFile { get; init; }

    /// <summary>What pods may ask for.</summary>
    public CsiPolicy Policy { get; init; } = new();

    /// <summary>How volumes have their closures where a pod does not say.</summary>
    public VolumeEngine Engine { get; init; } = VolumeEngine.Links;

    /// <summary>
    /// Whether the root of what a pod gets is the volume with <c>nix</c> in it, which pods mount with <c>subPath: nix</c>,
    /// and not <c>nix</c> itself.
    /// </summary>
    public bool MountVolumeRoot { get; init; }

    /// <summary>How long a call waits for a volume before it is told to come again. Kubelet itself waits two minutes.</summary>
    public TimeSpan PublishWait { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How long fetching and building may take for one volume, whoever waits for it.</summary>
    public TimeSpan RealisationTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a binary cache may show no sign of life.</summary>
    public TimeSpan CacheTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long calls may go on when the driver stops.</summary>
    public TimeSpan ShutdownGrace { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>How long what a volume kept is kept once the volume is gone, and a finished build that nobody came for.</summary>
    public TimeSpan LeaseGrace { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often what is kept no longer is looked for.</summary>
    public TimeSpan MaintenanceInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often the store's garbage is collected; null never does.</summary>
    public TimeSpan? CollectionInterval { get; init; }

    /// <summary>The cluster whose pods are told of their volumes, in events; null for none.</summary>
    public ClusterAccess? Cluster { get; init; }

    /// <summary>Where metrics are served over HTTP, at <c>/metrics</c>; port 0 takes one that is free; null serves none.</summary>
    public IPEndPoint? MetricsAddress { get; init; }

    /// <summary>Takes the log.</summary>
    public TextWriter Log { get; init; } = TextWriter.Null;

    /// <summary>How the log is written.</summary>
    public LogFormat LogFormat { get; init; } = LogFormat.Json;

    /// <summary>Reads a size as Kubernetes writes it: <c>2Gi</c>, <c>500M</c>, or a number of bytes.</summary>
    /// <exception cref="NixConfigurationException">The text is no size.</exception>
    public static long ParseSize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Quantity.Parse(text);
    }
}
