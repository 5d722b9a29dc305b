using NixSharp.GitOps.Kubernetes;
using NixSharp.Integration.Tests.Tool;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.GitOps;

public sealed class CsiManifestToolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("kubectl")]
    public async Task Kustomize_puts_the_files_together_without_changing_an_object()
    {
        await NixSharpProgram.RunAsync("csi", "manifest", "--image", "localhost:5000/nixsharp:1.0", "--cluster-cache", "--signing-key-secret", "key", "--builders", "x86_64-linux=2=localhost:5000/builder:1.0", "--output", _folder["csi"]);

        var together = KubernetesYaml.Read(await CommandLine.RunAsync("kubectl", "kustomize", _folder["csi"]));

        var apart = Directory.EnumerateFiles(_folder["csi"]).Where(static file => Path.GetFileName(file) != ManifestFolder.KustomizationFile).SelectMany(static file => KubernetesYaml.Read(File.ReadAllText(file)));
        Assert.Equal(Describe(apart), Describe(together));
    }

    [Fact]
    public async Task Without_a_folder_all_objects_come_as_one_stream()
    {
        var objects = KubernetesYaml.Read(await NixSharpProgram.RunAsync("csi", "manifest", "--image", "localhost:5000/nixsharp:1.0", "--driver-name", "nixkube", "--namespace", "nix"));

        Assert.Contains(objects, static item => item is CsiDriver { Metadata.Name: "nixkube" });
        Assert.Contains(objects, static item => item is DaemonSet { Metadata.Namespace: "nix" });
        Assert.DoesNotContain(objects, static item => item is Kustomization);
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_with_a_code()
    {
        var result = await NixSharpProgram.TryRunAsync("csi", "manifest", "--image", "i", "--driver-name", "Nix");
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("error: NIXS6021: ", result.Error, StringComparison.Ordinal);
    }

    // Kustomize sorts fields and objects by its own rules, and what is read back is written by ours.
    private static IEnumerable<string> Describe(IEnumerable<KubernetesObject> objects) => objects.Select(static item => item.ToYaml()).Select(static yaml =>
        string.Join('\n', yaml.Split('\n').Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal);
}
