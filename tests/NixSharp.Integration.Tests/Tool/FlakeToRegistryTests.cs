using Newtonsoft.Json.Linq;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Tool;

/// <summary>samples/flake, from a real Nix to a running program: every step that a user would take.</summary>
public sealed class FlakeToRegistryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("nix", "busybox", "docker-registry", "skopeo", "umoci", "chroot", Requirements.Root)]
    public async Task The_flake_sample_is_built_pushed_pulled_unpacked_and_run()
    {
        await using var registry = await RegistryServer.StartAsync();
        var store = _folder["store"];
        File.Copy(Path.Combine(GoldenData.RepositoryRoot, "samples", "flake", "flake.nix"), _folder.Write("flake/flake.nix", ""), overwrite: true);
        var hello = (await NixSharpProgram.RunAsync(
            "build", $"path:{_folder["flake"]}", "--store", store, "--option", "extra-sandbox-paths=/bin/busybox")).Trim();
        Assert.Equal(3, (await NixSharpProgram.RunAsync("path-info", "-r", hello, "--store", store)).Trim().Split('\n').Length);
        Assert.Contains("-->", await NixSharpProgram.RunAsync("closure", "graph", hello, "--format", "mermaid", "--store", store), StringComparison.Ordinal);

        string[] options = ["--entrypoint", $"{hello}/bin/hello", "--label", "org.opencontainers.image.title=hello", "--store", store];
        var pushed = JObject.Parse(await NixSharpProgram.RunAsync(["image", "push", hello, $"{registry.Host}/hello:1.0", "--json", .. options]));
        var inspected = JObject.Parse(await CommandLine.RunAsync("skopeo", "inspect", "--tls-verify=false", $"docker://{registry.Host}/hello:1.0"));
        Assert.Equal((string)pushed["digest"]!, (string)inspected["Digest"]!);
        Assert.Equal("hello", (string)inspected["Labels"]!["org.opencontainers.image.title"]!);
        Assert.Equal(3, pushed["layers"]!.Count());

        var uploads = registry.Requests("POST ", "/blobs/uploads/").Count;
        var again = JObject.Parse(await NixSharpProgram.RunAsync(["image", "push", hello, $"{registry.Host}/hello:1.0", "--json", .. options]));
        Assert.True((bool)again["unchanged"]!);
        Assert.Equal(uploads, registry.Requests("POST ", "/blobs/uploads/").Count);

        await NixSharpProgram.RunAsync(["image", "push", hello, $"{registry.Host}/by-skopeo:1.0", "--engine", "skopeo", .. options]);
        Assert.Equal(await ConfigDigestAsync($"{registry.Host}/hello:1.0"), await ConfigDigestAsync($"{registry.Host}/by-skopeo:1.0"));

        await CommandLine.RunAsync("skopeo", "copy", "--src-tls-verify=false", $"docker://{registry.Host}/hello:1.0", $"oci:{_folder["pulled"]}:1.0");
        await CommandLine.RunAsync("umoci", "unpack", "--image", $"{_folder["pulled"]}:1.0", _folder["bundle"]);
        Assert.Equal(
            "Hello from a closure of three store paths.\n",
            await CommandLine.RunAsync("chroot", _folder["bundle/rootfs"], $"{hello}/bin/hello"));

        await NixSharpProgram.RunAsync("volume", "create", hello, _folder["volume"], "--store", store);
        var verified = await RealNix.VerifyAsync(_folder["volume"]);
        Assert.True(verified.ExitCode == 0, verified.Error);
        Assert.Equal("Hello from a closure of three store paths.\n", await CommandLine.RunAsync("chroot", _folder["volume"], $"{hello}/bin/hello"));
        await NixSharpProgram.RunAsync("volume", "delete", _folder["volume"]);
        Assert.False(Directory.Exists(_folder["volume"]));
        verified = await RealNix.VerifyAsync(store);
        Assert.True(verified.ExitCode == 0, verified.Error);
    }

    private static async Task<string> ConfigDigestAsync(string reference) =>
        (string)JObject.Parse(await CommandLine.RunAsync("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{reference}"))["config"]!["digest"]!;
}
