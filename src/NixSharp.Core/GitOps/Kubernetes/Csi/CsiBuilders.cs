namespace NixSharp.GitOps.Kubernetes.Csi;

/// <summary>Builders in the cluster: for each system a set of pods that take builds over SSH, and the headless service that names them.</summary>
internal static class CsiBuilders
{
    private const string PortName = "ssh";
    private const string KeyFolder = "/etc/ssh-keys";

    public static IReadOnlyList<KubernetesObject> Create(CsiManifestOptions options) =>
        [.. options.Builders.SelectMany(builder => Create(options, builder))];

    private static IEnumerable<KubernetesObject> Create(CsiManifestOptions options, CsiBuilderOptions builder)
    {
        var name = builder.ServiceName;
        var labels = CsiNames.Labels(name);
        var metadata = CsiNames.Metadata(options, name, name);
        yield return new ConfigMap
        {
            Metadata = metadata with { Name = $"{name}-sshd" },
            Data = new Dictionary<string, string> { ["sshd_config"] = SshdConfig(builder) },
        };
        yield return new Service
        {
            Metadata = metadata,
            Spec = new ServiceSpec
            {
                ClusterIP = "None",
                Selector = labels,
                Ports = [new ServicePort { Name = PortName, Port = CsiNames.SshPort, TargetPort = PortName }],
            },
        };
        yield return new StatefulSet
        {
            Metadata = metadata,
            Spec = new StatefulSetSpec
            {
                ServiceName = name,
                Replicas = builder.Replicas,
                PodManagementPolicy = "Parallel",
                Selector = new LabelSelector { MatchLabels = labels },
                Template = new PodTemplate { Metadata = new TemplateMetadata { Labels = labels }, Spec = PodOf(options, builder) },
                VolumeClaimTemplates = builder.StorageSize is { } size ? [CsiStorage.Claim("nix", size, null)] : [],
            },
        };
    }

    private static PodSpec PodOf(CsiManifestOptions options, CsiBuilderOptions builder) => new()
    {
        AutomountServiceAccountToken = false,
        ImagePullSecrets = CsiNames.PullSecrets(options),
        NodeSelector = Architecture(builder.System) is { } architecture
            ? new Dictionary<string, string> { ["kubernetes.io/os"] = "linux", ["kubernetes.io/arch"] = architecture }
            : new Dictionary<string, string> { ["kubernetes.io/os"] = "linux" },
        InitContainers = builder.StorageSize is null ? [] : [FillStore(builder)],
        Containers =
        [
            new Container
            {
                Name = "builder",
                Image = builder.Image,
                Command = [builder.SshServer, "-D", "-e", "-f", "/etc/ssh-server/sshd_config"],
                Ports = [new ContainerPort { Name = PortName, Port = CsiNames.SshPort }],
                Resources = builder.Resources,
                ReadinessProbe = new Probe { TcpSocket = new SocketProbe { Port = PortName } },
                VolumeMounts =
                [
                    new VolumeMount { Name = "settings", MountPath = "/etc/ssh-server", ReadOnly = true },
                    new VolumeMount { Name = "host-key", MountPath = KeyFolder, ReadOnly = true },
                    new VolumeMount { Name = "client-key", MountPath = $"{KeyFolder}-clients", ReadOnly = true },
                    .. builder.StorageSize is null ? (VolumeMount[])[] : [new VolumeMount { Name = "nix", MountPath = "/nix" }],
                ],
            },
        ],
        Volumes =
        [
            new Volume { Name = "settings", ConfigMap = new ConfigMapFiles { Name = $"{builder.ServiceName}-sshd" } },
            new Volume { Name = "host-key", Secret = new SecretFiles { SecretName = builder.HostKeySecret, DefaultMode = CsiStorage.SecretMode } },
            new Volume { Name = "client-key", Secret = new SecretFiles { SecretName = builder.ClientKeySecret, DefaultMode = CsiStorage.SecretMode } },
        ],
    };

    /// <summary>Storage that a pod keeps is empty at first, and would hide what the image has in its place.</summary>
    private static Container FillStore(CsiBuilderOptions builder) => new()
    {
        Name = "fill-store",
        Image = builder.Image,
        Command = ["sh", "-c", "test -e /claim/store || cp -a /nix/. /claim/"],
        VolumeMounts = [new VolumeMount { Name = "nix", MountPath = "/claim" }],
    };

    private static string SshdConfig(CsiBuilderOptions builder) =>
        $"""
        Port {CsiNames.SshPort}
        HostKey {KeyFolder}/ssh_host_ed25519_key
        AuthorizedKeysFile {KeyFolder}-clients/id_ed25519.pub
        StrictModes no
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        PermitRootLogin forced-commands-only
        AllowTcpForwarding no
        X11Forwarding no
        ForceCommand {builder.Command}

        """;

    private static string? Architecture(string system) => system.Split('-')[0] switch
    {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "i686" => "386",
        "armv7l" => "arm",
        "riscv64" => "riscv64",
        "powerpc64le" => "ppc64le",
        _ => null,
    };
}
