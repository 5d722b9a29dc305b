namespace NixSharp.GitOps.Kubernetes.Csi;

/// <summary>The driver itself, on each node: with the registrar, the liveness probe, and what keeps its list of builders.</summary>
internal static class CsiNode
{
    private const string SocketFolder = "/csi";
    private const string HealthPort = "healthz";

    public static CsiDriver CreateDriver(CsiManifestOptions options) => new()
    {
        Metadata = new ObjectMetadata { Name = options.DriverName, Labels = CsiNames.Labels("node") },
        Spec = new CsiDriverSpec
        {
            AttachRequired = false,
            PodInfoOnMount = true,
            FsGroupPolicy = "None",
            VolumeLifecycleModes = ["Ephemeral"],
        },
    };

    public static DaemonSet CreateDaemonSet(CsiManifestOptions options) => new()
    {
        Metadata = CsiNames.Metadata(options, CsiNames.Driver, "node"),
        Spec = new DaemonSetSpec
        {
            Selector = new LabelSelector { MatchLabels = CsiNames.Labels("node") },
            UpdateStrategy = new UpdateStrategy { Type = "RollingUpdate", RollingUpdate = new RollingUpdate { MaxUnavailable = "10%" } },
            Template = new PodTemplate
            {
                Metadata = new TemplateMetadata { Labels = CsiNames.Labels("node") },
                Spec = new PodSpec
                {
                    ServiceAccountName = CsiNames.Driver,
                    PriorityClassName = "system-node-critical",
                    TerminationGracePeriodSeconds = 60,
                    NodeSelector = options.NodeSelector,
                    Tolerations = options.Tolerations,
                    Containers = [Driver(options), Registrar(options), LivenessProbe(options), .. BuilderLists(options)],
                    Volumes = Volumes(options),
                },
            },
        },
    };

    private static Container Driver(CsiManifestOptions options) => new()
    {
        Name = "driver",
        Image = options.Image,
        ImagePullPolicy = options.ImagePullPolicy,
        Command = ["nixsharp"],
        Args = CsiArguments.Serve(options),
        Env =
        [
            new EnvironmentVariable { Name = CsiArguments.NodeVariable, ValueFrom = new VariableSource { FieldRef = new FieldReference { FieldPath = "spec.nodeName" } } },
            new EnvironmentVariable { Name = "POD_NAMESPACE", ValueFrom = new VariableSource { FieldRef = new FieldReference { FieldPath = "metadata.namespace" } } },
        ],
        Ports =
        [
            new ContainerPort { Name = HealthPort, Port = 9809 },
            .. options.MetricsPort is { } port ? (ContainerPort[])[new ContainerPort { Name = "metrics", Port = port }] : [],
        ],
        SecurityContext = new ContainerSecurityContext { Privileged = true, RunAsUser = 0 },
        Resources = options.Resources,
        LivenessProbe = new Probe { HttpGet = new HttpProbe { Path = "/healthz", Port = HealthPort }, InitialDelaySeconds = 30, PeriodSeconds = 30, TimeoutSeconds = 10, FailureThreshold = 5 },
        VolumeMounts =
        [
            new VolumeMount { Name = "socket", MountPath = SocketFolder },
            new VolumeMount { Name = "state", MountPath = options.StateFolder, MountPropagation = "Bidirectional" },
            new VolumeMount { Name = "pods", MountPath = $"{options.KubeletFolder}/pods", MountPropagation = "Bidirectional" },
            .. SigningMounts(options),
            .. BuilderMounts(options),
        ],
    };

    private static Container Registrar(CsiManifestOptions options) => new()
    {
        Name = "registrar",
        Image = options.RegistrarImage,
        Args = ["--csi-address=/csi/csi.sock", $"--kubelet-registration-path={options.KubeletFolder}/plugins/{options.DriverName}/csi.sock"],
        VolumeMounts = [new VolumeMount { Name = "socket", MountPath = SocketFolder }, new VolumeMount { Name = "registration", MountPath = "/registration" }],
    };

    private static Container LivenessProbe(CsiManifestOptions options) => new()
    {
        Name = "liveness-probe",
        Image = options.LivenessProbeImage,
        Args = ["--csi-address=/csi/csi.sock", "--health-port=9809"],
        VolumeMounts = [new VolumeMount { Name = "socket", MountPath = SocketFolder }],
    };

    private static IEnumerable<Container> BuilderLists(CsiManifestOptions options)
    {
        if (options.Builders.Count > 0)
        {
            yield return new Container
            {
                Name = "builders",
                Image = options.Image,
                ImagePullPolicy = options.ImagePullPolicy,
                Command = ["nixsharp"],
                Args = CsiArguments.WriteBuilders(options),
                SecurityContext = new ContainerSecurityContext { AllowPrivilegeEscalation = false, ReadOnlyRootFilesystem = true },
                VolumeMounts = BuilderMounts(options),
            };
        }
    }

    private static IReadOnlyList<VolumeMount> SigningMounts(CsiManifestOptions options) => options.SigningKeySecret is null
        ? []
        : [new VolumeMount { Name = "signing-key", MountPath = CsiNames.SigningKeyFolder, ReadOnly = true }];

    private static IReadOnlyList<VolumeMount> BuilderMounts(CsiManifestOptions options) => options.Builders.Count == 0
        ? []
        : [
            new VolumeMount { Name = "builders", MountPath = CsiNames.BuildersFolder },
            new VolumeMount { Name = "builder-key", MountPath = CsiNames.ClientKeyFolder, ReadOnly = true },
            new VolumeMount { Name = "builder-host-key", MountPath = $"{CsiNames.ClientKeyFolder}-host", ReadOnly = true },
        ];

    private static List<Volume> Volumes(CsiManifestOptions options)
    {
        List<Volume> volumes =
        [
            Folder("socket", $"{options.KubeletFolder}/plugins/{options.DriverName}", "DirectoryOrCreate"),
            Folder("registration", $"{options.KubeletFolder}/plugins_registry", "Directory"),
            Folder("pods", $"{options.KubeletFolder}/pods", "DirectoryOrCreate"),
            Folder("state", options.StateFolder, "DirectoryOrCreate"),
        ];
        if (options.SigningKeySecret is { } secret)
        {
            volumes.Add(new Volume { Name = "signing-key", Secret = new SecretFiles { SecretName = secret, DefaultMode = CsiStorage.SecretMode } });
        }

        if (options.Builders is [var first, ..])
        {
            volumes.Add(new Volume { Name = "builders", EmptyDir = new EmptyFolder() });
            volumes.Add(new Volume { Name = "builder-key", Secret = new SecretFiles { SecretName = first.ClientKeySecret, DefaultMode = CsiStorage.SecretMode } });
            volumes.Add(new Volume { Name = "builder-host-key", Secret = new SecretFiles { SecretName = first.HostKeySecret, DefaultMode = CsiStorage.SecretMode } });
        }

        return volumes;

        static Volume Folder(string name, string path, string type) => new() { Name = name, HostPath = new HostFolder { Path = path, Type = type } };
    }
}
