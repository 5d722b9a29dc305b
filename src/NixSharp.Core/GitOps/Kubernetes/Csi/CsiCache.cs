using System.Globalization;

namespace NixSharp.GitOps.Kubernetes.Csi;

/// <summary>The binary cache in the cluster: a store behind <c>nixsharp serve</c>.</summary>
internal static class CsiCache
{
    private const string PortName = "http";

    public static IReadOnlyList<KubernetesObject> Create(CsiManifestOptions options, CsiCacheOptions cache)
    {
        var labels = CsiNames.Labels("cache");
        var metadata = CsiNames.Metadata(options, cache.Name, "cache");
        return
        [
            new Service
            {
                Metadata = metadata,
                Spec = new ServiceSpec { Selector = labels, Ports = [new ServicePort { Name = PortName, Port = CsiNames.CachePort, TargetPort = PortName }] },
            },
            new StatefulSet
            {
                Metadata = metadata,
                Spec = new StatefulSetSpec
                {
                    ServiceName = cache.Name,
                    Replicas = 1,
                    Selector = new LabelSelector { MatchLabels = labels },
                    Template = new PodTemplate { Metadata = new TemplateMetadata { Labels = labels }, Spec = PodOf(options, cache) },
                    VolumeClaimTemplates = [CsiStorage.Claim("store", cache.StorageSize, cache.StorageClassName)],
                },
            },
        ];
    }

    private static PodSpec PodOf(CsiManifestOptions options, CsiCacheOptions cache) => new()
    {
        AutomountServiceAccountToken = false,
        ImagePullSecrets = CsiNames.PullSecrets(options),
        NodeSelector = new Dictionary<string, string> { ["kubernetes.io/os"] = "linux" },
        Containers =
        [
            new Container
            {
                Name = "cache",
                Image = options.Image,
                ImagePullPolicy = options.ImagePullPolicy,
                Command = ["nixsharp"],
                Args =
                [
                    "serve",
                    "--store", "/store",
                    "--listen", "0.0.0.0",
                    "--port", CsiNames.CachePort.ToString(CultureInfo.InvariantCulture),
                    "--upload",
                    .. cache.UploadKeys.Count == 0 ? ["--no-check-sigs"] : cache.UploadKeys.SelectMany(static key => (string[])["--trusted-public-key", key]),
                    .. options.SigningKeySecret is null ? (string[])[] : ["--secret-key-file", $"{CsiNames.SigningKeyFolder}/{CsiNames.SigningKey}"],
                ],
                Ports = [new ContainerPort { Name = PortName, Port = CsiNames.CachePort }],
                Resources = cache.Resources,
                ReadinessProbe = new Probe { HttpGet = new HttpProbe { Path = "/nix-cache-info", Port = PortName } },
                VolumeMounts =
                [
                    new VolumeMount { Name = "store", MountPath = "/store" },
                    .. options.SigningKeySecret is null ? (VolumeMount[])[] : [new VolumeMount { Name = "signing-key", MountPath = CsiNames.SigningKeyFolder, ReadOnly = true }],
                ],
            },
        ],
        Volumes = options.SigningKeySecret is { } secret
            ? [new Volume { Name = "signing-key", Secret = new SecretFiles { SecretName = secret, DefaultMode = CsiStorage.SecretMode } }]
            : [],
    };
}
