using NixSharp.Files;

namespace NixSharp.GitOps.Kubernetes.Csi;

/// <summary>What the manifests of the CSI driver are made from.</summary>
public sealed record CsiManifestOptions
{
    private const int MaxFileSize = 1 << 20;

    /// <summary>An image with <c>nixsharp</c>.</summary>
    public string Image { get; init; } = "";

    /// <summary>The driver's name, which volumes name: <c>nix.csi.store</c> and <c>nixkube</c> take the place of other drivers.</summary>
    public string DriverName { get; init; } = "nix.csi.store";

    /// <summary>The namespace of all that has one; made by the manifests.</summary>
    public string Namespace { get; init; } = "nixsharp";

    /// <summary><c>Always</c>, <c>IfNotPresent</c> or <c>Never</c>; null lets the image's tag decide.</summary>
    public string? ImagePullPolicy { get; init; }

    /// <summary>Secrets with credentials for registries of images.</summary>
    public IReadOnlyList<string> ImagePullSecrets { get; init; } = [];

    /// <summary>The image that makes the driver known to kubelet.</summary>
    public string RegistrarImage { get; init; } = "registry.k8s.io/sig-storage/csi-node-driver-registrar:v2.13.0";

    /// <summary>The image that asks the driver whether it is well.</summary>
    public string LivenessProbeImage { get; init; } = "registry.k8s.io/sig-storage/livenessprobe:v2.15.0";

    /// <summary>Kubelet's folder on the nodes.</summary>
    public string KubeletFolder { get; init; } = "/var/lib/kubelet";

    /// <summary>The folder of the nodes that holds the driver's store and volumes, on one file system.</summary>
    public string StateFolder { get; init; } = "/var/lib/nixsharp";

    /// <summary>The store that the driver works in, as a store URI; null for the chroot store in <see cref="StateFolder"/>.</summary>
    public string? Store { get; init; }

    /// <summary>Binary caches that the driver takes paths from.</summary>
    public IReadOnlyList<string> Substituters { get; init; } = [];

    /// <summary>The keys whose signatures it trusts.</summary>
    public IReadOnlyList<string> TrustedPublicKeys { get; init; } = [];

    /// <summary>What volumes may ask for.</summary>
    public CsiPolicy Policy { get; init; } = new();

    /// <summary>A cache in the cluster; null for none.</summary>
    public CsiCacheOptions? Cache { get; init; }

    /// <summary>A cache elsewhere, as a store URI, which what the driver builds is pushed to; null for none, or for <see cref="Cache"/>.</summary>
    public string? CacheUri { get; init; }

    /// <summary>The secret whose <c>secret-key</c> signs what is pushed to a cache; null pushes without a signature.</summary>
    public string? SigningKeySecret { get; init; }

    /// <summary>Builders in the cluster, a set for each system.</summary>
    public IReadOnlyList<CsiBuilderOptions> Builders { get; init; } = [];

    /// <summary>The port at which the driver tells its metrics; null for none.</summary>
    public int? MetricsPort { get; init; } = 9808;

    /// <summary>What the driver's container needs and may use.</summary>
    public ResourceRequirements Resources { get; init; } = new()
    {
        Requests = new Dictionary<string, string> { ["cpu"] = "50m", ["memory"] = "128Mi" },
    };

    /// <summary>Taints of nodes that do not keep the driver away. Default: none does.</summary>
    public IReadOnlyList<Toleration> Tolerations { get; init; } = [new Toleration { Operator = "Exists" }];

    /// <summary>The labels of the nodes that the driver runs on.</summary>
    public IReadOnlyDictionary<string, string> NodeSelector { get; init; } = new Dictionary<string, string> { ["kubernetes.io/os"] = "linux" };

    /// <summary>More arguments for <c>nixsharp csi serve</c>.</summary>
    public IReadOnlyList<string> ExtraArguments { get; init; } = [];

    /// <summary>Reads options from a YAML file, whose fields have the names of the properties here, with a small letter in front.</summary>
    /// <exception cref="GitOpsException">The file is no YAML, or has other fields.</exception>
    /// <exception cref="NixFileException">The file cannot be read.</exception>
    public static async Task<CsiManifestOptions> ReadAsync(string file, CancellationToken cancellationToken = default)
    {
        var text = await SmallFile.ReadTextAsync(file, MaxFileSize, NixErrorCodes.InvalidManifestOptions, cancellationToken).ConfigureAwait(false);
        return KubernetesYaml.ReadAny<CsiManifestOptions>(text, file, NixErrorCodes.InvalidManifestOptions);
    }
}
