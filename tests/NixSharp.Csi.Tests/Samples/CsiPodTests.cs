using NixSharp.GitOps.Kubernetes;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Csi.Tests.Samples;

/// <summary>samples/CsiPod, from the files to the answer of the program in the pod.</summary>
public sealed class CsiPodTests
{
    private const string PodId = "0b6d9f0e-5a0c-4e9c-9b6f-2f6f3c1d8a11";

    [RequiresFact(Requirements.Root, "kubectl", "busybox", "unshare")]
    public async Task The_pod_serves_from_its_volume()
    {
        await using var lab = CsiLab.Create();
        var app = await AddHelloWebAsync(lab);
        var pod = await ReadPodAsync(lab, app);
        var (container, volume) = (pod.Spec.Containers.Single(), pod.Spec.Volumes.Single());
        var driver = await lab.StartAsync("--driver-name", volume.Csi!.Driver);

        // What kubelet sends for a volume that lives and dies with a pod.
        var target = lab.Folder[$"pods/{PodId}/volumes/kubernetes.io~csi/{volume.Name}/mount"];
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var id = $"csi-{new string('a', 64)}";
        IEnumerable<(string, string)> attributes =
        [
            .. volume.Csi.VolumeAttributes.Select(static pair => (pair.Key, pair.Value)),
            ("csi.storage.k8s.io/ephemeral", "true"),
            ("csi.storage.k8s.io/pod.name", pod.Metadata!.Name),
            ("csi.storage.k8s.io/pod.namespace", "default"),
            ("csi.storage.k8s.io/pod.uid", PodId),
            ("csi.storage.k8s.io/serviceAccount.name", "default"),
        ];
        await driver.Client.PublishAsync(id, target, attributes, volume.Csi.ReadOnly == true);

        Assert.Equal("Hello from a Nix store.\n", await RunAsync(container, target));

        await driver.Client.UnpublishAsync(id, target);
        Assert.False(Directory.Exists(target));
    }

    /// <summary>Runs a container's command where the volume is its <c>/nix</c>, in a network of its own, and asks at its port.</summary>
    private static async Task<string> RunAsync(Container container, string volume)
    {
        const string Script =
            """
            set -e
            mount --make-rprivate /
            mkdir -p /nix
            mount --rbind "$VOLUME" /nix
            busybox ip link set lo up
            "$@" >&2 &
            for attempt in $(busybox seq 600); do
              if busybox wget -q -O - "http://127.0.0.1:$PORT/"; then kill $!; exit; fi
              kill -0 $!
              busybox sleep 0.1
            done
            exit 1
            """;
        var environment = container.Env.ToDictionary(static variable => variable.Name, static variable => variable.Value ?? "");
        environment["VOLUME"] = volume;
        environment["PORT"] = container.Ports.Single().Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var result = await CommandLine.TryRunAsync(
            new CommandLineOptions { Environment = environment, Timeout = TimeSpan.FromMinutes(3) },
            "unshare",
            ["--mount", "--net", "--pid", "--fork", "--kill-child", "sh", "-c", Script, "sh", .. container.Command]);
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException($"{string.Join(' ', container.Command)} failed:\n{result.Output}\n{result.Error}");
    }

    /// <summary>The pod as the sample's files describe it, with the store path in its place.</summary>
    private static async Task<Pod> ReadPodAsync(CsiLab lab, StorePath app)
    {
        await CommandLine.RunAsync("cp", "-r", Path.Combine(GoldenData.RepositoryRoot, "samples", "CsiPod"), lab.Folder["sample"]);
        var patch = lab.Folder["sample/store-path.yaml"];
        await File.WriteAllTextAsync(patch, (await File.ReadAllTextAsync(patch)).Replace("/nix/store/00000000000000000000000000000000-hello-web-1.0.0", app.ToString(), StringComparison.Ordinal));
        return Assert.IsType<Pod>(KubernetesYaml.Read(await CommandLine.RunAsync("kubectl", "kustomize", lab.Folder["sample"])).Single());
    }

    /// <summary>Puts samples/HelloWeb and the runtime that this test runs on into the store, as build/build.cake does.</summary>
    private static async Task<StorePath> AddHelloWebAsync(CsiLab lab)
    {
        await using var store = LocalStore.Open(lab.Store, new StoreOptions { SyncBeforeRegistering = false });
        var core = Path.TrimEndingDirectorySeparator(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory());
        var (version, root) = (Path.GetFileName(core), Path.GetFullPath(Path.Combine(core, "..", "..", "..")));
        var web = Directory.EnumerateDirectories(Path.Combine(root, "shared", "Microsoft.AspNetCore.App"), "10.*").Order(StringComparer.Ordinal).Last();
        foreach (var folder in (string[])[Path.Combine(root, "host", "fxr", version), core, web])
        {
            var copy = lab.Folder[$"runtime/{Path.GetRelativePath(root, folder)}"];
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            await CommandLine.RunAsync("cp", "-r", folder, copy);
        }

        var runtime = await store.AddAsync(lab.Folder["runtime"], $"dotnet-runtime-{version}");
        var sample = Path.Combine(GoldenData.RepositoryRoot, "samples", "HelloWeb");
        File.Copy(Path.Combine(sample, "Program.cs"), lab.Folder.Write("app/Program.cs", ""), overwrite: true);
        var project = string.Join('\n', File.ReadLines(Path.Combine(sample, "HelloWeb.csproj")).Where(static line => !line.Contains("PackageReference", StringComparison.Ordinal)));
        await CommandLine.RunAsync(
            "dotnet", "publish", lab.Folder.Write("app/HelloWeb.csproj", project), "-c", "Release", "-o", lab.Folder["publish"], "-v", "q", "-nodeReuse:false",
            "-p:DebugType=none", "-p:InvariantGlobalization=true", "-p:AppHostDotNetSearch=AppRelative", $"-p:AppHostRelativeDotNet=../{runtime.BaseName}");
        return await store.AddAsync(lab.Folder["publish"], "hello-web-1.0.0", new AddOptions { ReferenceCandidates = [runtime] });
    }
}
