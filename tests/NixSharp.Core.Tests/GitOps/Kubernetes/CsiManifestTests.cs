using NixSharp.GitOps.Kubernetes;
using NixSharp.GitOps.Kubernetes.Csi;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.GitOps.Kubernetes;

public sealed class CsiManifestTests
{
    private static readonly CsiManifestOptions Plain = new() { Image = "registry.example.org/nixsharp:1.0" };

    private static readonly CsiManifestOptions Full = Plain with
    {
        DriverName = "nixkube",
        Namespace = "nix",
        Substituters = ["https://cache.example.org"],
        TrustedPublicKeys = ["cache.example.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY="],
        Policy = new CsiPolicy { StorePathsOnly = true, SignedOnly = true, AllowedSubstituters = ["https://other.example.org"], MaxClosureSize = 1000 },
        Cache = new CsiCacheOptions { UploadKeys = ["ours:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY="] },
        SigningKeySecret = "signing",
        ImagePullSecrets = ["registry"],
        Builders =
        [
            new CsiBuilderOptions { System = "x86_64-linux", Image = "builder:1", Replicas = 2, MaxJobs = 4, SupportedFeatures = ["kvm"], StorageSize = "20Gi" },
            new CsiBuilderOptions { System = "aarch64-linux", Image = "builder:1" },
        ],
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_file_is_read_back_into_the_same_objects(bool full)
    {
        foreach (var file in CsiManifest.Create(full ? Full : Plain))
        {
            var read = KubernetesYaml.Read(file.ToYaml());
            Assert.Equal(file.Objects.Select(static item => item.GetType()), read.Select(static item => item.GetType()));
            Assert.Equal(file.ToYaml(), KubernetesYaml.Write(read));
        }
    }

    [Fact]
    public void The_driver_is_for_volumes_that_live_and_die_with_a_pod_and_nobody_changes_their_owners()
    {
        var driver = Find<CsiDriver>(Plain).Single();

        Assert.Equal("nix.csi.store", driver.Metadata?.Name);
        Assert.Equal(["Ephemeral"], driver.Spec.VolumeLifecycleModes);
        Assert.True(driver.Spec.PodInfoOnMount);
        Assert.False(driver.Spec.AttachRequired);
        Assert.Equal("None", driver.Spec.FsGroupPolicy);
    }

    [Fact]
    public void Registrar_and_driver_agree_on_the_socket_and_what_is_mounted_shows_on_the_node()
    {
        var pod = Find<DaemonSet>(Full).Single().Spec.Template.Spec;

        Assert.Contains("--kubelet-registration-path=/var/lib/kubelet/plugins/nixkube/csi.sock", pod.Containers.Single(static container => container.Name == "registrar").Args);
        Assert.Equal("/var/lib/kubelet/plugins/nixkube", pod.Volumes.Single(static volume => volume.Name == "socket").HostPath?.Path);
        var driver = pod.Containers[0];
        Assert.True(driver.SecurityContext?.Privileged);
        Assert.All(driver.VolumeMounts.Where(static mount => mount.Name is "pods" or "state"), static mount => Assert.Equal("Bidirectional", mount.MountPropagation));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_mount_has_its_volume_and_every_volume_is_mounted(bool full)
    {
        var options = full ? Full : Plain;
        var sets = Find<StatefulSet>(options).ToList();
        IEnumerable<(PodSpec Pod, IEnumerable<string> Claims)> pods =
        [
            .. Find<DaemonSet>(options).Select(static set => (set.Spec.Template.Spec, Enumerable.Empty<string>())),
            .. sets.Select(static set => (set.Spec.Template.Spec, set.Spec.VolumeClaimTemplates.Select(static claim => claim.Metadata.Name))),
        ];
        foreach (var (pod, claims) in pods)
        {
            Assert.Equal(
                pod.Volumes.Select(static volume => volume.Name).Concat(claims).Order(),
                pod.InitContainers.Concat(pod.Containers).SelectMany(static container => container.VolumeMounts).Select(static mount => mount.Name).Distinct().Order());
        }
    }

    [Fact]
    public void Policies_and_caches_become_arguments_of_the_driver()
    {
        var arguments = string.Join(' ', Find<DaemonSet>(Full).Single().Spec.Template.Spec.Containers[0].Args);

        Assert.Contains("--driver-name nixkube --node-id $(NODE_NAME)", arguments, StringComparison.Ordinal);
        Assert.Contains("--substituter http://nixsharp-cache.nix.svc:8080 --substituter https://cache.example.org", arguments, StringComparison.Ordinal);
        Assert.Contains("--store-paths-only --signed-only --allowed-substituter https://other.example.org --max-closure-size 1000", arguments, StringComparison.Ordinal);
        Assert.Contains("--cache http://nixsharp-cache.nix.svc:8080 --cache-key-file /etc/nixsharp/signing/secret-key", arguments, StringComparison.Ordinal);
        Assert.DoesNotContain("--cache", Find<DaemonSet>(Plain).Single().Spec.Template.Spec.Containers[0].Args);
    }

    [Fact]
    public void A_set_of_builders_runs_on_nodes_of_its_system_and_is_told_to_the_driver()
    {
        var sets = Find<StatefulSet>(Full).Where(static set => set.Metadata?.Name.StartsWith("nix-builders", StringComparison.Ordinal) == true).ToList();
        Assert.Equal(["amd64", "arm64"], sets.Select(static set => set.Spec.Template.Spec.NodeSelector["kubernetes.io/arch"]));
        Assert.Equal(2, sets[0].Spec.Replicas);

        var writer = Find<DaemonSet>(Full).Single().Spec.Template.Spec.Containers.Single(static container => container.Name == "builders");
        var machines = writer.Args.Zip(writer.Args.Skip(1)).Where(static pair => pair.First == "--service").SelectMany(static pair => BuildMachine.ParseAll(pair.Second)).ToList();
        Assert.Equal(["nix-builders-x86-64-linux", "nix-builders-aarch64-linux"], machines.Select(static machine => machine.Store.Authority?.Host));
        Assert.Equal(4, machines[0].MaxJobs);
        Assert.Equal(["kvm"], machines[0].SupportedFeatures);
    }

    [Fact]
    public void Equal_options_give_equal_files() =>
        Assert.Equal(CsiManifest.Create(Full).Select(static file => file.ToYaml()), CsiManifest.Create(Full with { }).Select(static file => file.ToYaml()));

    public static TheoryData<CsiManifestOptions, string> Senseless => new()
    {
        { Plain with { Image = "" }, "image" },
        { Plain with { DriverName = "-x" }, "driver name" },
        { Plain with { DriverName = new string('a', 64) }, "driver name" },
        { Plain with { Namespace = "a.b" }, "namespace" },
        { Plain with { KubeletFolder = "/var/../etc" }, "kubelet" },
        { Plain with { StateFolder = "state" }, "state" },
        { Plain with { MetricsPort = 9809 }, "metrics" },
        { Plain with { SigningKeySecret = "A" }, "secret" },
        { Plain with { Builders = [new CsiBuilderOptions { System = "x86_64-linux", Image = "b", Replicas = 0 }] }, "number of builders" },
        { Plain with { Builders = [new CsiBuilderOptions { System = "x86_64-linux", Image = "b", Command = "a\nPermitRootLogin yes" }] }, "command" },
        { Plain with { Builders = [new CsiBuilderOptions { System = "x86_64-linux", Image = "b" }, new CsiBuilderOptions { System = "x86_64-linux", Image = "c" }] }, "names of builders" },
    };

    [Theory]
    [MemberData(nameof(Senseless))]
    public void Options_that_make_no_sense_are_refused(CsiManifestOptions options, string what)
    {
        var error = Assert.Throws<GitOpsException>(() => CsiManifest.Create(options));
        Assert.Equal(NixErrorCodes.InvalidManifestOptions, error.Code);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_are_read_from_a_file()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("csi.yaml", "image: a:1\ndriverName: nixkube\npolicy: {signedOnly: true}\nbuilders:\n- system: x86_64-linux\n  image: b:1\n");
        var options = await CsiManifestOptions.ReadAsync(file);
        Assert.Equal(("a:1", "nixkube", true, "b:1"), (options.Image, options.DriverName, options.Policy.SignedOnly, options.Builders.Single().Image));

        folder.Write("csi.yaml", "imagee: a:1\n");
        var error = await Assert.ThrowsAsync<GitOpsException>(() => CsiManifestOptions.ReadAsync(file));
        Assert.Equal(NixErrorCodes.InvalidManifestOptions, error.Code);
        Assert.Contains("imagee", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<T> Find<T>(CsiManifestOptions options) => CsiManifest.Create(options).SelectMany(static file => file.Objects).OfType<T>();
}
