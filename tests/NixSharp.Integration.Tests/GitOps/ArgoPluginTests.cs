using Newtonsoft.Json.Linq;
using NixSharp.Flakes;
using NixSharp.GitOps.ArgoCD;
using NixSharp.GitOps.Kubernetes;
using NixSharp.Integration.Tests.Tool;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.GitOps;

public sealed class ArgoPluginTests
{
    private const string OddValues = """{"replicas": 3, "message": "it's $(odd) `text`; \"quoted\" \\ "}""";

    private const string Bad =
        """
        {
          outputs = { self }:
            let make = name: script: derivation { inherit name; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" script ]; };
            in {
              packages.x86_64-linux = {
                text = make "text" "echo no manifest > $out";
                twice = make "twice" "for i in 1 2; do printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: same }\n---\n'; done > $out";
                outside = make "outside" "/bin/ln -s /etc/passwd $out";
                folder = make "folder" "/bin/mkdir -p $out/a; /bin/ln -s /etc $out/b; /bin/ln -s ../b/passwd $out/a/x.yaml";
              };
            };
        }
        """;

    [RequiresTheory("root", "unshare", "setpriv", "git", "dotnet")]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task The_sample_is_deployed_as_Argo_CD_deploys_it(NixRelease release)
    {
        using var server = await StartAsync(release, "sample");

        var discovered = await server.DiscoverAsync("sample");
        Assert.Equal((0, "flake.nix\n"), (discovered.ExitCode, discovered.Output));

        var first = await server.InitAsync("sample");
        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Empty(first.Output);
        Assert.Contains("building kubernetesConfiguration", first.Error, StringComparison.Ordinal);
        var manifest = await server.GenerateAsync("sample");
        Assert.True(manifest.ExitCode == 0, manifest.Error);
        Assert.Equal(["ConfigMap hello of v1", "Deployment hello of apps/v1"], ManifestCheck.Read(manifest.Output).Select(static item => item.ToString()));

        // Values get through whatever a shell would make of them.
        await server.CheckOutAsync("values", Sample);
        var built = await server.InitAsync("values", ("PARAM_VALUES", OddValues));
        Assert.True(built.ExitCode == 0, built.Error);
        var items = JObject.Parse((await server.GenerateAsync("values", ("PARAM_VALUES", OddValues))).Output)["items"]!;
        Assert.Equal("""it's $(odd) `text`; "quoted" \ """, (string?)items[0]!["data"]!["index.html"]);
        Assert.Equal(3, (int)items[1]!["spec"]!["replicas"]!);

        // The same again, in a new folder, is not built again.
        await server.CheckOutAsync("again", Sample);
        var again = await server.InitAsync("again");
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Contains("kubernetesConfiguration was built before", again.Error, StringComparison.Ordinal);
        Assert.Equal(manifest.Output, (await server.GenerateAsync("again")).Output);
    }

    [RequiresTheory("root", "unshare", "setpriv", "git", "dotnet")]
    [OnNix(NixRelease.Machine)]
    public async Task What_cannot_be_deployed_is_told_with_a_code_and_nothing_on_standard_output(NixRelease release)
    {
        using var server = new ArgoServer(release);
        using var source = new TemporaryFolder();
        source.Write("flake.nix", Bad);
        await server.CheckOutAsync("sample", source.Path);

        await AssertFailsAsync(server.GenerateAsync("sample"), "NIXS6023", "argocd init");
        await AssertFailsAsync(server.InitAsync("sample", ("ARGOCD_ENV_NIX_OUTPUT", "missing")), "NIXS5003", "missing");
        await AssertFailsAsync(server.InitAsync("sample", ("PARAM_OUTPUT", "../other#x")), "NIXS6022", "../other#x");
        await AssertFailsAsync(server.InitAsync("sample", ("PARAM_VALUES", "replicas: 3")), "NIXS6022", "JSON");
        await AssertFailsAsync(server.InitAsync("sample", ("PARAM_IMPURE", "maybe")), "NIXS6022", "maybe");

        foreach (var (output, what) in ((string, string)[])[("text", "a text"), ("twice", "is there twice"), ("outside", "leads out of the store"), ("folder", "leads out of the store")])
        {
            var built = await server.InitAsync("sample", ("ARGOCD_ENV_NIX_OUTPUT", output));
            Assert.True(built.ExitCode == 0, built.Error);
            await AssertFailsAsync(server.GenerateAsync("sample", ("ARGOCD_ENV_NIX_OUTPUT", output)), output is "text" or "twice" ? "NIXS6020" : "NIXS6023", what);
        }
    }

    [RequiresFact("sleep")]
    public async Task A_build_that_takes_longer_than_Argo_CD_waits_is_stopped_and_says_so()
    {
        using var folder = new TemporaryFolder();
        folder.Write("app/flake.nix", "{ outputs = { self }: { }; }");
        File.SetUnixFileMode(folder.Write("nix", "#!/bin/sh\nexec sleep 600\n"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var plugin = new ArgoPlugin(new ArgoPluginOptions { Nix = new NixOptions { Program = folder["nix"] }, Timeout = TimeSpan.FromSeconds(1), CacheFolder = folder["cache"] });

        var error = await Assert.ThrowsAsync<GitOpsException>(() => plugin.InitAsync(new ArgoApplication { Folder = folder["app"] }));

        Assert.Equal(NixErrorCodes.PluginTimedOut, error.Code);
        Assert.Contains("ARGOCD_EXEC_TIMEOUT", error.Message, StringComparison.Ordinal);
    }

    [RequiresFact("kubectl")]
    public async Task The_installation_is_a_map_that_kustomize_takes_and_values_that_read_back()
    {
        using var folder = new TemporaryFolder();
        await NixSharpProgram.RunAsync("argocd", "install", folder["argo"], "--image", "registry.example.org/nixsharp:1.0", "--substituter", "https://cache.example.org", "--trusted-public-key", "k:abc=");
        folder.Write("argo/kustomization.yaml", new Kustomization { Resources = [ArgoInstallation.ConfigMapFile] }.ToYaml());

        var map = Assert.IsType<ConfigMap>(KubernetesYaml.Read(await CommandLine.RunAsync("kubectl", "kustomize", folder["argo"])).Single());
        Assert.Contains("substituters = https://cache.nixos.org https://cache.example.org\n", map.Data["nix.conf"], StringComparison.Ordinal);
        var written = await File.ReadAllTextAsync(folder[$"argo/{ArgoInstallation.ValuesFile}"]);
        Assert.Equal(written, ArgoHelmValues.Parse(written).ToYaml());
    }

    private static string Sample => Path.Combine(GoldenData.RepositoryRoot, "samples", "ArgoCd");

    private static async Task AssertFailsAsync(Task<CommandLineResult> run, string code, string what)
    {
        var result = await run;
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains($"error: {code}: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(what, result.Error, StringComparison.Ordinal);
    }

    private static async Task<ArgoServer> StartAsync(NixRelease release, string application)
    {
        var server = new ArgoServer(release);
        await server.CheckOutAsync(application, Sample);
        return server;
    }
}
