using NixSharp.GitOps.Kubernetes;
using NixSharp.GitOps.Kubernetes.Csi;
using NixSharp.NarInfos;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Csi.Tests.Samples;

public sealed class ManifestArgumentsTests
{
    [RequiresFact(Requirements.Root, "busybox")]
    public async Task The_driver_starts_with_the_arguments_that_its_manifest_gives_it()
    {
        await using var lab = CsiLab.Create();
        var options = new CsiManifestOptions
        {
            Image = "registry.example.org/nixsharp:1.0",
            DriverName = "nixkube",
            StateFolder = lab.Folder["node"],
            Substituters = [$"file://{lab.Folder["cache"]}"],
            TrustedPublicKeys = ["cache.example.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY="],
            Policy = new CsiPolicy { StorePathsOnly = true, AllowedSubstituters = ["https://cache.example.org"], MaxClosureSize = 1 << 30 },
            CacheUri = $"file://{lab.Folder["cache"]}",
            SigningKeySecret = "signing",
            Builders = [new CsiBuilderOptions { System = "x86_64-linux", Image = "registry.example.org/builder:1.0" }],
        };
        var key = lab.Folder.Write("secret-key", SecretKey.Generate("test-1").Export());

        var container = CsiManifest.Create(options).SelectMany(static file => file.Objects).OfType<DaemonSet>().Single().Spec.Template.Spec.Containers[0];
        Assert.Equal(["nixsharp"], container.Command);
        Assert.Equal(["csi", "serve"], container.Args.Take(2));
        var arguments = container.Args.Skip(2).Select(argument => argument switch
        {
            "unix:///csi/csi.sock" => $"unix://{lab.Socket}",
            "$(NODE_NAME)" => "node-1",
            "/etc/nixsharp/signing/secret-key" => key,

            // Somebody may have the port of the manifest here.
            "9808" => "0",
            _ => argument,
        });

        await using var driver = await DriverProcess.StartToolAsync(lab.Socket, [.. arguments.Where((_, index) => container.Args[index + 2] != "--endpoint" && container.Args[index + 1] != "--endpoint")]);

        Assert.True(await driver.Client.ProbeAsync());
        Assert.True(Directory.Exists(lab.Folder["node/root/nix/store"]));
    }
}
