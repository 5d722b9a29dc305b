using NixSharp.GitOps.ArgoCD;
using NixSharp.GitOps.Kubernetes;
using Xunit;

namespace NixSharp.Core.Tests.GitOps.ArgoCD;

public sealed class ArgoInstallationTests
{
    private static readonly ArgoInstallOptions Options = new() { Image = "registry.example.org/nixsharp:1.0", NixSettings = new Dictionary<string, string> { ["cores"] = "2" } };

    [Fact]
    public void The_plugin_runs_its_commands_and_announces_its_parameters() => Assert.Equal(
        """
        apiVersion: argoproj.io/v1alpha1
        kind: ConfigManagementPlugin
        metadata:
          name: nix
        spec:
          discover:
            find:
              command:
              - nixsharp
              - argocd
              - discover
          init:
            command:
            - nixsharp
            - argocd
            - init
          generate:
            command:
            - nixsharp
            - argocd
            - generate
          parameters:
            static:
            - name: output
              title: Output
              tooltip: The output of the flake that is the manifest.
              string: kubernetesConfiguration
            - name: values
              title: Values
              tooltip: JSON that the flake finds in its values.json.
            - name: impure
              title: Impure
              tooltip: "Whether evaluation sees environment variables, the time, and files outside the flake."
              itemType: boolean
              string: "false"

        """,
        ArgoInstallation.Create(Options).ConfigMap.Data["plugin.yaml"]);

    [Fact]
    public void The_container_runs_as_Argo_CDs_user_with_a_store_of_its_own()
    {
        var server = ArgoInstallation.Create(Options).HelmValues.RepoServer;
        var plugin = server.ExtraContainers.Single();

        Assert.Equal("/var/run/argocd/argocd-cmp-server", plugin.Command.Single());
        Assert.Equal(999, plugin.SecurityContext?.RunAsUser);
        Assert.Equal("/nix", plugin.VolumeMounts.Single(static mount => mount.Name == "nix-store").MountPath);
        Assert.Contains("chown -R 999", server.InitContainers.Single().Command[^1], StringComparison.Ordinal);

        // The chart has these two itself.
        var own = server.Volumes.Select(static volume => volume.Name).Append("var-files").Append("plugins").Order();
        Assert.Equal(own, plugin.VolumeMounts.Select(static mount => mount.Name).Distinct().Order());
        Assert.Contains("nix:x:999:", ArgoInstallation.Create(Options).ConfigMap.Data["passwd"], StringComparison.Ordinal);
        Assert.EndsWith("cores = 2\n", ArgoInstallation.Create(Options).ConfigMap.Data["nix.conf"], StringComparison.Ordinal);
    }

    [Fact]
    public void Map_and_values_are_read_back_into_the_same_objects()
    {
        var made = ArgoInstallation.Create(Options);
        Assert.Equal(made.ConfigMap.ToYaml(), KubernetesYaml.Read(made.ConfigMap.ToYaml()).Single().ToYaml());
        Assert.Equal(made.HelmValues.ToYaml(), ArgoHelmValues.Parse(made.HelmValues.ToYaml()).ToYaml());
        var plugin = made.ConfigMap.Data["plugin.yaml"];
        Assert.Equal(plugin, Assert.IsType<ConfigManagementPlugin>(KubernetesYaml.Read(plugin).Single()).ToYaml());
    }

    public static TheoryData<ArgoInstallOptions> Senseless => new()
    {
        Options with { Image = "" },
        Options with { Name = "A" },
        Options with { Namespace = "a.b" },
        Options with { User = 0 },
        Options with { Timeout = TimeSpan.FromSeconds(1) },
        Options with { NixSettings = new Dictionary<string, string> { ["a"] = "b\nsandbox = true" } },
    };

    [Theory]
    [MemberData(nameof(Senseless))]
    public void Options_that_make_no_sense_are_refused(ArgoInstallOptions options) =>
        Assert.Equal(NixErrorCodes.InvalidManifestOptions, Assert.Throws<GitOpsException>(() => ArgoInstallation.Create(options)).Code);
}
