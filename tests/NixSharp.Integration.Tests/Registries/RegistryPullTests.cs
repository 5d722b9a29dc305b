using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Images.Oci;
using NixSharp.Integration.Tests.Tool;
using NixSharp.Registries;
using NixSharp.Registries.Copying;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Registries;

public sealed class RegistryPullTests : IDisposable
{
    private static readonly PushOptions Anonymous = new() { Credentials = CredentialStore.Anonymous, RetryDelay = TimeSpan.FromMilliseconds(1) };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("docker-registry", "skopeo")]
    public async Task An_index_is_pulled_whole_with_its_digest_and_not_again()
    {
        await using var registry = await RegistryServer.StartAsync();
        var shared = new TestLayer(3, isKnown: true);
        var arm = await new TestImage(new TestLayer(1, 500_000), shared).PushAsync($"{registry.Host}/hello:arm", Anonymous);
        var amd = await new TestImage(new TestLayer(2), shared).PushAsync($"{registry.Host}/hello:amd", Anonymous);
        var index = await TestIndex.PushAsync($"{registry.Host}/hello:all", Anonymous, (arm.Digest, "linux/arm64"), (amd.Digest, "linux/amd64"));
        string[] pull = ["image", "pull", $"{registry.Host}/hello:all", $"oci:{_folder["layout"]}:1", "--all-platforms", "--json"];

        var first = JObject.Parse(await NixSharpProgram.RunAsync(pull));
        var second = JObject.Parse(await NixSharpProgram.RunAsync(pull));

        Assert.Equal(index.ToString(), (string?)first["digest"]);
        Assert.True((long)first["bytesFetched"]! > 0);
        Assert.Equal(0, (long)second["bytesFetched"]!);
        foreach (var (image, platform) in new[] { (arm, "linux/arm64"), (amd, "linux/amd64") })
        {
            using var opened = await ContainerImage.OpenAsync($"oci:{_folder["layout"]}:1", new OpenOptions { Platform = OciPlatform.Parse(platform) });
            Assert.Equal(image.Digest, opened.Digest);
            await opened.VerifyAsync();
        }

        // With all of its images, as skopeo has it too.
        await CommandLine.RunAsync("skopeo", "copy", "--insecure-policy", "--all", $"oci:{_folder["layout"]}:1", $"oci:{_folder["copy"]}:1");
        Assert.Contains(index.Hex, await File.ReadAllTextAsync(_folder["copy/index.json"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_layer_leaves_the_layout_without_the_image()
    {
        await using var registry = new FakeRegistry();
        var layer = new TestLayer(1, isKnown: true);
        await new TestImage(layer).PushAsync($"{registry.Host}/hello:1", Anonymous);
        var digest = layer.Descriptor!.Value.Blob.Digest;
        registry.Intercept = exchange => exchange.Request.Method == "GET" && exchange.Request.Plain.EndsWith(digest.ToString(), StringComparison.Ordinal) &&
            exchange.Answer(System.Net.HttpStatusCode.OK, new byte[layer.Blob.Length]);

        var exception = await Assert.ThrowsAsync<RegistryException>(() =>
            RegistryPull.PullAsync($"{registry.Host}/hello:1", ImageLocation.Parse($"oci:{_folder["layout"]}"), Anonymous));

        Assert.Equal(NixErrorCodes.RegistryDigestMismatch, exception.Code);
        Assert.False(File.Exists(_folder["layout/index.json"]));
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder["layout"], "*", SearchOption.AllDirectories), file =>
            file.Contains(digest.Hex, StringComparison.Ordinal) || Path.GetFileName(file).StartsWith(".tmp-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_archive_and_one_platform_of_all_are_refused()
    {
        var archive = await NixSharpProgram.TryRunAsync("image", "pull", "localhost:1/hello", $"oci-archive:{_folder["a.tar"]}", "--all-platforms");
        Assert.Contains(NixErrorCodes.InvalidImageLocation, archive.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await NixSharpProgram.TryRunAsync("image", "pull", "localhost:1/hello", "oci:x", "--all-platforms", "--platform", "linux/arm64")).ExitCode);
    }
}
