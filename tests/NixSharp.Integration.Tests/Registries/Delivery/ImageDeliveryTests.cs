using NixSharp.Images;
using NixSharp.Integration.Tests.Images;
using NixSharp.Registries;
using NixSharp.Registries.Delivery;
using NixSharp.Registries.Engines;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Registries.Delivery;

public sealed class ImageDeliveryTests
{
    [RequiresFact("docker-registry", "podman", "skopeo", Requirements.Root)]
    public async Task The_same_image_arrives_by_every_engine_under_all_its_names()
    {
        await using var registry = await RegistryServer.StartAsync();
        await using var podman = await PodmanService.StartAsync();
        await using var store = await StoreFixture.CreateAsync();
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync());
        var name = ImageReference.Parse($"{registry.Host}/hello:1");
        ImageReference[] names = [name, name.WithTag("2")];

        var native = await image.DeliverAsync(names);
        var again = await image.DeliverAsync(names);
        var skopeo = await image.DeliverAsync([name.WithTag("3")], new DeliveryOptions { Engine = ImageEngine.Skopeo });
        var loaded = await image.DeliverAsync(names, new DeliveryOptions { Engine = ImageEngine.Podman, Address = EngineAddress.Parse(podman.Address) });

        Assert.Equal(names, native.Select(static delivered => delivered.Reference));
        Assert.All(again, static delivered => Assert.True(delivered.Unchanged));
        Assert.Equal(native[0].Digest, native[1].Digest);
        Assert.Equal(native[0].Digest, skopeo[0].Digest);
        Assert.All(loaded, delivered => Assert.Equal(image.GetManifest().ConfigDescriptor.Digest, delivered.Digest));
    }

    [RequiresFact("git")]
    public async Task A_tag_takes_the_commit_that_is_checked_out()
    {
        using var folder = new TemporaryFolder();
        await CommandLine.RunAsync("git", "-C", folder.Path, "init", "-q");
        await CommandLine.RunAsync("git", "-C", folder.Path, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "first");
        var commit = (await CommandLine.RunAsync("git", "-C", folder.Path, "rev-parse", "--short", "HEAD")).Trim();
        Assert.Equal($"quay.io/acme/hello:sha-{commit}", await TagTemplate.ExpandAsync("quay.io/acme/hello:sha-{commit}", folder.Path));
        Assert.Equal("quay.io/acme/hello:1.0", await TagTemplate.ExpandAsync("quay.io/acme/hello:1.0", "/nothing"));
    }

    [RequiresFact("git")]
    public async Task Where_there_is_no_commit_the_error_is_gits()
    {
        using var folder = new TemporaryFolder();
        var exception = await Assert.ThrowsAnyAsync<NixException>(() => TagTemplate.ExpandAsync("sha-{commit}", folder.Path));
        Assert.Equal(NixErrorCodes.ProcessFailed, exception.Code);
    }

    [Fact]
    public void An_engine_that_nobody_knows_has_a_code() =>
        Assert.Equal(NixErrorCodes.InvalidSetting, Assert.Throws<NixConfigurationException>(static () => ImageEngines.Parse("buildah")).Code);
}
