using System.Globalization;
using System.Text;
using NixSharp.Files;
using NixSharp.GitOps.Kubernetes;

namespace NixSharp.GitOps.ArgoCD;

/// <summary>What installs the plugin: a map of files for its container, and values for Argo CD's Helm chart.</summary>
/// <param name="ConfigMap">Has <c>plugin.yaml</c>, <c>nix.conf</c> and <c>passwd</c>.</param>
/// <param name="HelmValues">Adds the container, one that fills its <c>/nix</c>, and volumes to the repo server.</param>
public sealed record ArgoInstallation(ConfigMap ConfigMap, ArgoHelmValues HelmValues)
{
    /// <summary>The file of the map, for <c>kubectl apply</c>.</summary>
    public const string ConfigMapFile = "configmap.yaml";

    /// <summary>The file of the values, for <c>helm upgrade --values</c>.</summary>
    public const string ValuesFile = "values.yaml";

    private const string ServerFolder = "/home/argocd/cmp-server";
    private const string HomeFolder = "/home/nix";
    private const int Group = 30000;

    /// <summary>Makes an installation; equal options give equal files.</summary>
    /// <exception cref="GitOpsException">An option makes no sense.</exception>
    public static ArgoInstallation Create(ArgoInstallOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Check(options);
        var map = $"{options.Name}-plugin";
        return new ArgoInstallation(
            new ConfigMap
            {
                Metadata = new ObjectMetadata { Name = map, Namespace = options.Namespace },
                Data = new Dictionary<string, string>
                {
                    ["nix.conf"] = WriteNixConf(options),
                    ["passwd"] = string.Create(CultureInfo.InvariantCulture, $"root:x:0:0::/root:/bin/sh\nnix:x:{options.User}:{Group}:Nix:{HomeFolder}:/bin/sh\n"),
                    ["plugin.yaml"] = CreatePlugin(options.Name).ToYaml(),
                },
            },
            new ArgoHelmValues
            {
                RepoServer = new RepoServerValues
                {
                    Volumes =
                    [
                        new Volume { Name = map, ConfigMap = new ConfigMapFiles { Name = map } },
                        new Volume { Name = $"{options.Name}-store", EmptyDir = new EmptyFolder { SizeLimit = options.StoreSizeLimit } },
                        new Volume { Name = $"{options.Name}-tmp", EmptyDir = new EmptyFolder() },
                        new Volume { Name = $"{options.Name}-home", EmptyDir = new EmptyFolder() },
                    ],
                    InitContainers = [FillStore(options)],
                    ExtraContainers = [Plugin(options, map)],
                },
            });
    }

    /// <summary>The plugin as Argo CD knows it.</summary>
    public static ConfigManagementPlugin CreatePlugin(string name) => new()
    {
        Metadata = new ObjectMetadata { Name = name },
        Spec = new PluginSpec
        {
            Discover = new PluginDiscovery { Find = Run("discover") },
            Init = Run("init"),
            Generate = Run("generate"),
            Parameters = new PluginParameters { Static = ArgoParameter.All },
        },
    };

    /// <summary>Writes both files into a folder, which is made if it is not there; one that is right already is left alone.</summary>
    /// <exception cref="NixFileException">A file cannot be written.</exception>
    public async Task WriteAsync(string folder, CancellationToken cancellationToken = default)
    {
        await ManifestFolder.WriteAsync(folder, [new ManifestFile(ConfigMapFile, [ConfigMap])], cancellationToken).ConfigureAwait(false);
        await AtomicFile.WriteIfDifferentAsync(Path.Combine(folder, ValuesFile), Encoding.UTF8.GetBytes(HelmValues.ToYaml()), cancellationToken).ConfigureAwait(false);
    }

    private static PluginCommand Run(string verb) => new() { Command = ["nixsharp", "argocd", verb] };

    // The user of plugins cannot write the image's /nix, and Nix has to.
    private static Container FillStore(ArgoInstallOptions options) => new()
    {
        Name = $"{options.Name}-store",
        Image = options.Image,
        Command = ["sh", "-c", string.Create(CultureInfo.InvariantCulture, $"cp -a /nix/. /volume/ && chown -R {options.User} /volume")],
        SecurityContext = new ContainerSecurityContext { RunAsUser = 0, RunAsNonRoot = false },
        VolumeMounts = [new VolumeMount { Name = $"{options.Name}-store", MountPath = "/volume" }],
    };

    private static Container Plugin(ArgoInstallOptions options, string map) => new()
    {
        Name = map,
        Image = options.Image,

        // The store was filled from the image that was pulled then; another one would not fit it.
        ImagePullPolicy = "IfNotPresent",
        Command = ["/var/run/argocd/argocd-cmp-server"],
        Env =
        [
            new EnvironmentVariable { Name = "ARGOCD_EXEC_TIMEOUT", Value = string.Create(CultureInfo.InvariantCulture, $"{(long)options.Timeout.TotalSeconds}s") },
            new EnvironmentVariable { Name = "HOME", Value = HomeFolder },
        ],
        SecurityContext = new ContainerSecurityContext { RunAsNonRoot = true, RunAsUser = options.User, AllowPrivilegeEscalation = false },
        VolumeMounts =
        [
            new VolumeMount { Name = "var-files", MountPath = "/var/run/argocd" },
            new VolumeMount { Name = "plugins", MountPath = $"{ServerFolder}/plugins" },
            new VolumeMount { Name = map, MountPath = $"{ServerFolder}/config/plugin.yaml", SubPath = "plugin.yaml" },
            new VolumeMount { Name = map, MountPath = "/etc/passwd", SubPath = "passwd" },
            new VolumeMount { Name = map, MountPath = "/etc/nix/nix.conf", SubPath = "nix.conf" },
            new VolumeMount { Name = $"{options.Name}-store", MountPath = "/nix" },
            new VolumeMount { Name = $"{options.Name}-tmp", MountPath = "/tmp" },
            new VolumeMount { Name = $"{options.Name}-home", MountPath = HomeFolder },
        ],
    };

    private static string WriteNixConf(ArgoInstallOptions options)
    {
        var settings = new Dictionary<string, string>
        {
            ["build-users-group"] = "",
            ["sandbox"] = "false",
            ["experimental-features"] = "nix-command flakes",
            ["substituters"] = string.Join(' ', options.Substituters),
            ["trusted-public-keys"] = string.Join(' ', options.TrustedPublicKeys),
        };
        foreach (var (name, value) in options.NixSettings)
        {
            settings[name] = value;
        }

        return string.Concat(settings.Select(static setting => $"{setting.Key} = {setting.Value}".TrimEnd() + "\n"));
    }

    private static void Check(ArgoInstallOptions options)
    {
        Require(KubernetesNames.IsLabel(options.Name) && options.Name.Length <= 50, "plugin's name", options.Name, "give up to 50 lower-case letters, digits and dashes");
        Require(KubernetesNames.IsLabel(options.Namespace), "namespace", options.Namespace, "give up to 63 lower-case letters, digits and dashes");
        Require(options.Image.Length > 0 && !options.Image.Any(char.IsWhiteSpace), "image", options.Image, "give a reference such as registry.example.org/nixsharp-argocd:1.0");
        Require(options.User > 0, "user", $"{options.User}", "plugins do not run as root");
        Require(options.Timeout >= TimeSpan.FromSeconds(10), "timeout", $"{options.Timeout}", "give at least 10 seconds");
        foreach (var (name, value) in options.NixSettings)
        {
            Require(name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && !value.AsSpan().ContainsAny('\n', '\r'), "setting of Nix", name, "a setting has a name and one line");
        }
    }

    private static void Require(bool condition, string what, string value, string advice)
    {
        if (!condition)
        {
            throw ManifestProblem.Options(what, value, advice);
        }
    }
}
