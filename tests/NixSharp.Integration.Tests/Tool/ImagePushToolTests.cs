using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Integration.Tests.Images;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Tool;

public sealed class ImagePushToolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("busybox", "docker-registry", "git", "nix", "podman", "skopeo", Requirements.Root)]
    public async Task One_line_builds_a_flake_and_pushes_its_image_under_the_commit()
    {
        await using var registry = await RegistryServer.StartAsync();
        await using var podman = await PodmanService.StartAsync();
        var flake = File.ReadAllText(Path.Combine(GoldenData.RepositoryRoot, "samples", "ImagePush", "flake.nix"));
        _folder.Write("flake/flake.nix", flake.Replace("/bin/busybox", Requirements.Find("busybox"), StringComparison.Ordinal));
        await GitAsync("init", "-q");
        await GitAsync("add", "-A");
        await GitAsync("-c", "user.name=tests", "-c", "user.email=tests@example.org", "commit", "-q", "-m", "first");
        var commit = (await GitAsync("rev-parse", "--short", "HEAD")).Trim();
        string[] nix = [".#image-dev", "--store", _folder["store"], "--option", $"extra-sandbox-paths={Requirements.Find("busybox")}", "--json"];

        var pushed = JObject.Parse(await ImagePushAsync([.. nix, $"{registry.Host}/acme/hello-dev:sha-{{commit}}"]));
        var others = JArray.Parse(await ImagePushAsync([.. nix, $"{registry.Host}/acme/hello-dev:v1.2.3", $"{registry.Host}/acme/hello-dev:latest"]));
        var bySkopeo = JObject.Parse(await ImagePushAsync([.. nix, $"{registry.Host}/acme/by-skopeo:1", "--engine", "skopeo"]));
        var loaded = JObject.Parse(await ImagePushAsync([.. nix, "acme/hello-dev:1", "--engine", "podman", "--address", podman.Address]));

        Assert.Equal($"{registry.Host}/acme/hello-dev:sha-{commit}", (string?)pushed["reference"]);
        Assert.All(others, other => Assert.Equal(pushed["digest"], other["digest"]));
        Assert.Equal(pushed["digest"], bySkopeo["digest"]);
        var id = (await podman.RunAsync("image", "inspect", "--format", "{{.Id}}", "docker.io/acme/hello-dev:1")).Trim();
        Assert.Equal($"sha256:{id}", (string?)loaded["digest"]);
        var raw = await CommandLine.RunAsync("skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{registry.Host}/acme/hello-dev:v1.2.3");
        Assert.Equal($"sha256:{id}", (string?)JObject.Parse(raw)["config"]!["digest"]);
    }

    [RequiresFact("docker-registry")]
    public async Task Any_certificate_is_taken_where_the_command_line_says_so()
    {
        using var authority = new TestAuthority();
        await using var registry = await RegistryServer.StartAsync(new RegistryServerOptions { Authority = authority });
        await using var store = await StoreFixture.CreateAsync();
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync());
        var written = await image.WriteAsync($"oci:{_folder["layout"]}:1");
        string[] push = ["image", "push", $"oci:{_folder["layout"]}:1", $"{registry.Host}/hello:1", "--json"];

        var refused = await NixSharpProgram.TryRunAsync(push);
        var pushed = JObject.Parse(await NixSharpProgram.RunAsync([.. push, "--insecure", "--connections", "1", "--previous-layers", "ignore"]));

        Assert.Contains(NixErrorCodes.RegistryNotTrusted, refused.Error, StringComparison.Ordinal);
        Assert.Equal(written.ManifestDigest.ToString(), (string?)pushed["digest"]);
    }

    [Fact]
    public async Task A_store_path_that_is_none_and_an_engine_that_nobody_knows_are_errors()
    {
        var path = await NixSharpProgram.TryRunAsync("image", "push", "/nix/store/nothing", "localhost/x:1", "--store", _folder["store"]);
        Assert.Equal(1, path.ExitCode);
        Assert.Contains(NixErrorCodes.InvalidStorePath, path.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await NixSharpProgram.TryRunAsync("image", "push", "/nix/store/nothing", "localhost/x:1", "--engine", "rsync")).ExitCode);
    }

    private Task<string> GitAsync(params string[] arguments) => CommandLine.RunAsync("git", ["-C", _folder["flake"], .. arguments]);

    private async Task<string> ImagePushAsync(string[] arguments)
    {
        var options = new CommandLineOptions
        {
            WorkingFolder = _folder["flake"],
            Environment = new Dictionary<string, string> { ["NIX_CONFIG"] = RealNix.Configuration },
        };
        var result = await CommandLine.TryRunAsync(options, "dotnet", [NixSharpProgram.Assembly, "image", "push", .. arguments]);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output;
    }
}
