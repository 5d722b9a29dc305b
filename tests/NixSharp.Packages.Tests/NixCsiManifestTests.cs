using Xunit;

namespace NixSharp.Packages.Tests;

[Collection(PackagesCollection.Name)]
public sealed class NixCsiManifestTests(PackagesFixture packages)
{
    [Fact]
    public async Task A_build_writes_the_manifests_and_leaves_them_alone_when_they_are_right()
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp();
        repository.Write("csi.yaml", "driverName: nixkube\npolicy: { signedOnly: true }\n");
        string[] arguments = ["-t:NixCsiManifest", "-p:NixCsiOptions=csi.yaml", "-p:NixCsiImage=registry.example.org/nixsharp:1.0", "-p:NixCsiDirectory=deploy/csi"];
        await repository.BuildAsync(arguments);

        Assert.Contains("name: nixkube", File.ReadAllText(repository["deploy/csi/csi-driver.yaml"]), StringComparison.Ordinal);
        Assert.Contains("- \"--signed-only\"", File.ReadAllText(repository["deploy/csi/node.yaml"]), StringComparison.Ordinal);
        var written = File.GetLastWriteTimeUtc(repository["deploy/csi/node.yaml"]);
        await repository.BuildAsync(arguments);
        Assert.Equal(written, File.GetLastWriteTimeUtc(repository["deploy/csi/node.yaml"]));

        var result = await repository.TryBuildAsync("-t:NixCsiManifest");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error NIXS6021: ", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_writes_what_clusters_take_and_checks_it()
    {
        using var repository = packages.CreateRepository();
        repository.Write(".config/dotnet-tools.json", """{ "version": 1, "isRoot": true, "tools": { "cake.tool": { "version": "7.0.0", "commands": ["dotnet-cake"] } } }""");
        await repository.DotnetAsync("tool", "restore");
        repository.Write("bad.yaml", "kind: Pod\n");
        repository.Write("build.cake",
            $$"""
            #addin nuget:?package=NixSharp.Cake&version={{packages.Version}}&prerelease
            var files = NixCsiManifest(new CsiManifestOptions { Image = "registry.example.org/nixsharp:1.0" }, "./csi");
            Console.WriteLine(string.Join(' ', NixManifestCheck("./csi/csi-driver.yaml")));
            NixArgoCDInstall(new ArgoInstallOptions { Image = "registry.example.org/nixsharp-argocd:1.0" }, "./argo");
            NixBuildersWrite("./builders", ["ssh-ng://nix@builder-1 x86_64-linux"]);
            NixManifestCheck("./bad.yaml");
            """);

        var result = await repository.TryDotnetAsync("cake");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("CSIDriver nix.csi.store of storage.k8s.io/v1\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("NIXS6020: ", result.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(repository["argo/values.yaml"]));
        Assert.Equal("ssh-ng://nix@builder-1 x86_64-linux\n", File.ReadAllText(repository["builders/machines"]));
    }
}
