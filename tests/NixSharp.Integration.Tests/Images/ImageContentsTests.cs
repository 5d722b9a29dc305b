using NixSharp.Images;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Images;

/// <summary>What is in an image, seen in the folder that others unpack it into.</summary>
public sealed class ImageContentsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("umoci", "chroot", BusyboxStore.Program, Requirements.Root)]
    public async Task A_program_of_the_image_runs_and_finds_what_programs_look_for()
    {
        await using var store = await BusyboxStore.CreateAsync();
        _folder.Write("bundle.pem", "PEM\n");
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync(), new()
        {
            RootLinks = [store.Application, store.Shell],
            Users = [new("app", 1000)],
            HasTemporaryFolders = true,
            Certificates = _folder["bundle.pem"],
            FileRules = [FileRule.For($"{store.Shell}/bin/busybox") with { Owner = 7, Mode = 0x16D }],
        });
        var root = await UnpackAsync(image);

        Assert.Equal("hello\n", await CommandLine.RunAsync("chroot", root, "/bin/hello"));
        Assert.Equal("uid=1000(app) gid=1000(app) groups=1000(app)\n", await CommandLine.RunAsync("chroot", "--userspec=app", root, "/bin/id"));
        await CommandLine.RunAsync("chroot", "--userspec=1000:1000", root, "/bin/touch", "/tmp/x", "/home/app/x");
        Assert.Equal("PEM\n", await CommandLine.RunAsync("chroot", root, "/bin/cat", "/etc/pki/tls/certs/ca-bundle.crt"));
        Assert.Equal("7\n", await CommandLine.RunAsync("stat", "-c", "%u", $"{root}{store.Shell}/bin/busybox"));
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Nix_finds_the_store_of_an_image_in_order_and_works_in_it(NixRelease release)
    {
        await using var store = await BusyboxStore.CreateAsync();
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync(), new() { HasDatabase = true });
        var root = await UnpackAsync(image);

        var verified = await RealNix.VerifyAsync(root, release);
        Assert.True(verified.ExitCode == 0, verified.Error);
        var requisites = await RealNix.RunAsync(release, root, "nix-store", "--query", "--requisites", store.Application.ToString());
        Assert.Equal([store.Shell.ToString(), store.Application.ToString()], requisites.Split('\n', StringSplitOptions.RemoveEmptyEntries));

        // What the image was made for is a root; what comes later is not.
        var added = (await RealNix.RunAsync(release, root, "nix-store", "--add", _folder.Write("more.txt", "more"))).Trim();
        await RealNix.RunAsync(release, root, "nix-store", "--gc");
        Assert.True(Directory.Exists(root + store.Application));
        Assert.False(File.Exists(root + added));
    }

    [RequiresFact("umoci", Requirements.Root)]
    public async Task The_layer_of_the_database_is_the_same_on_every_machine()
    {
        await using var one = await BusyboxStore.CreateAsync();
        await using var other = await BusyboxStore.CreateAsync();
        Assert.Equal(await DigestAsync(one), await DigestAsync(other));

        static async Task<LayerDescriptor> DigestAsync(BusyboxStore store)
        {
            using var image = ContainerImage.FromClosure(await store.GetClosureAsync(), new() { HasDatabase = true });
            return await image.Layers[^1].WriteToAsync(Stream.Null);
        }
    }

    private async Task<string> UnpackAsync(ContainerImage image)
    {
        await image.WriteAsync($"oci:{_folder["layout"]}:x");
        await CommandLine.RunAsync("umoci", "unpack", "--image", $"{_folder["layout"]}:x", _folder["bundle"]);
        return _folder["bundle/rootfs"];
    }
}
