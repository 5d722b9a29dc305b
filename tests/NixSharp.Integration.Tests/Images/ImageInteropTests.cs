using Newtonsoft.Json.Linq;
using NixSharp.Closures;
using NixSharp.Images;
using NixSharp.Registries;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Images;

/// <summary>Images that others take from us, and we from them.</summary>
public sealed class ImageInteropTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Skopeo_takes_every_form_also_from_a_stream(NixRelease release)
    {
        await using var store = await BusyboxStore.CreateAsync();
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync(), new()
        {
            Entrypoint = ["/bin/hello"],
            HealthCheck = HealthCheck.Run("/bin/hello") with { Interval = TimeSpan.FromSeconds(10) },
            HasTemporaryFolders = true,
        });
        var written = await image.WriteAsync($"oci:{_folder["layout"]}:x");
        await image.WriteAsync($"oci-archive:{_folder["oci.tar"]}:x");
        await image.WriteAsync($"docker-archive:{_folder["docker.tar"]}:x:1");
        foreach (var (transport, name) in new[] { (ImageTransport.OciArchive, "oci-stream.tar"), (ImageTransport.DockerArchive, "docker-stream.tar") })
        {
            await using var output = new ForwardOnly(File.Create(_folder[name]));
            await image.WriteToAsync(output, transport, "x:1");
        }

        var skopeo = release.PathOf("skopeo");
        foreach (var source in new[] { "oci:{0}:x", "oci-archive:{1}:x", "docker-archive:{2}", "oci-archive:{3}", "docker-archive:{4}" }
            .Select(form => string.Format(null, form, _folder["layout"], _folder["oci.tar"], _folder["docker.tar"], _folder["oci-stream.tar"], _folder["docker-stream.tar"])))
        {
            var target = _folder[$"copy-{Guid.NewGuid():N}"];
            await CommandLine.RunAsync(skopeo, "copy", "--insecure-policy", source, $"oci:{target}:y");
            await CommandLine.RunAsync(skopeo, "copy", "--insecure-policy", source, $"docker-archive:{target}.tar:y:1");
            var config = JObject.Parse(await CommandLine.RunAsync(skopeo, "inspect", "--config", source));
            Assert.Equal("/bin/hello", (string?)config["config"]!["Entrypoint"]![0]);

            // What it wrote, we read.
            foreach (var theirs in new[] { $"oci:{target}:y", $"docker-archive:{target}.tar" })
            {
                using var opened = await ContainerImage.OpenAsync(theirs);
                await opened.VerifyAsync();
                var copy = await opened.WriteAsync($"oci:{_folder[$"again-{Guid.NewGuid():N}"]}:z");
                Assert.Equal(written.Layers.Select(layer => layer.Descriptor.DiffId), copy.Layers.Select(layer => layer.Descriptor.DiffId));
            }
        }
    }

    [RequiresFact("podman", "chroot", BusyboxStore.Program, Requirements.Root)]
    public async Task Podman_loads_a_docker_archive_and_mounts_the_image()
    {
        await using var store = await BusyboxStore.CreateAsync();
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync(), new() { RootLinks = [store.Application] });
        await image.WriteAsync($"docker-archive:{_folder["image.tar"]}:localhost/hello:1.0");
        await PodmanAsync("load", "--input", _folder["image.tar"]);
        var root = (await PodmanAsync("image", "mount", "localhost/hello:1.0")).Trim();
        try
        {
            Assert.Equal("hello\n", await CommandLine.RunAsync("chroot", root, "/bin/hello"));
        }
        finally
        {
            await PodmanAsync("image", "unmount", "--all");
        }
    }

    [RequiresFact("buildah", "chroot", BusyboxStore.Program, Requirements.Root)]
    public async Task Buildah_unpacks_a_layout_and_mounts_the_container()
    {
        await using var store = await BusyboxStore.CreateAsync();
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync(), new() { RootLinks = [store.Application], Compression = LayerCompression.Parse("zstd") });
        await image.WriteAsync($"oci:{_folder["layout"]}:1.0");
        await BuildahAsync("from", "--name", "hello", "oci:layout:1.0");
        var root = (await BuildahAsync("mount", "hello")).Trim();
        try
        {
            Assert.Equal("hello\n", await CommandLine.RunAsync("chroot", root, "/bin/hello"));
        }
        finally
        {
            await BuildahAsync("umount", "hello");
        }
    }

    [RequiresFact("docker-registry", "skopeo", "umoci", "chroot", BusyboxStore.Program, Requirements.Root)]
    public async Task An_image_on_a_base_in_a_registry_is_pushed_without_the_base_and_runs()
    {
        await using var registry = await RegistryServer.StartAsync();
        await using var store = await BusyboxStore.CreateAsync();
        var layers = Directory.CreateDirectory(_folder["rootfs/usr/bin"]).FullName;
        File.Copy(Requirements.Find(BusyboxStore.Program)!, Path.Combine(layers, "busybox"));
        File.CreateSymbolicLink(Path.Combine(layers, "sh"), "busybox");
        using var rootfs = ContainerImage.FromClosure(await store.Store.GetClosureAsync([]), new()
        {
            Files = [ImageFile.FromPath("/usr", _folder["rootfs/usr"]), ImageFile.Symlink("/bin", "usr/bin"), ImageFile.FromText("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n")],
            Environment = [new("PATH", "/usr/bin")],
            Command = ["/bin/sh"],
        });
        var below = await rootfs.PushAsync($"{registry.Host}/base/busybox:1");

        using var @base = await RegistryImage.OpenAsync($"{registry.Host}/base/busybox:1@{below.Digest}");
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync(), new() { Base = @base, RootLinks = [store.Application], Entrypoint = ["/bin/hello"], Users = [new("app", 1000)] });
        var pushed = await image.PushAsync($"{registry.Host}/acme/hello:1.0");
        Assert.Equal(BlobOutcome.Mounted, pushed.Layers[0].Outcome);
        Assert.True(pushed.BytesUploaded < 1_500_000, $"{pushed.BytesUploaded} bytes were sent, which is more than what is not in the base.");

        await CommandLine.RunAsync("skopeo", "copy", "--src-tls-verify=false", $"docker://{registry.Host}/acme/hello:1.0", $"oci:{_folder["layout"]}:x");
        await CommandLine.RunAsync("umoci", "unpack", "--image", $"{_folder["layout"]}:x", _folder["bundle"]);
        Assert.Equal("hello\n", await CommandLine.RunAsync("chroot", _folder["bundle/rootfs"], "/bin/sh", "-c", "/bin/hello"));
        Assert.Contains("app:x:1000", await File.ReadAllTextAsync(_folder["bundle/rootfs/etc/passwd"]), StringComparison.Ordinal);

        // One line is another one: its layer goes, and nothing else.
        var changed = await store.AddScriptAsync("hello-1.0", "echo hello again");
        using var next = ContainerImage.FromClosure(await store.Store.GetClosureAsync([changed]), new() { Base = @base, RootLinks = [changed], Entrypoint = ["/bin/hello"], Users = [new("app", 1000)] });
        var again = await next.PushAsync($"{registry.Host}/acme/hello:1.0");
        Assert.True(again.BytesUploaded < 100_000, $"{again.BytesUploaded} bytes were sent for one line.");
    }

    [RequiresFact("docker-registry", "skopeo")]
    public async Task Images_of_several_platforms_are_pushed_under_one_tag_and_each_machine_gets_its_own()
    {
        await using var registry = await RegistryServer.StartAsync();
        await using var store = await StoreFixture.CreateAsync();
        var closure = await store.GetClosureAsync();
        using var amd = ContainerImage.FromClosure(closure, new() { Architecture = "amd64", Entrypoint = ["/amd"] });
        using var arm = ContainerImage.FromClosure(closure, new() { Architecture = "arm", Variant = "v7", Entrypoint = ["/arm"] });
        using var index = new ImageIndex([amd, arm]);
        var reference = ImageReference.Parse($"{registry.Host}/acme/hello:1.0");
        var pushed = await index.PushAsync(reference);
        var again = await index.PushAsync(reference);
        Assert.Equal((pushed.Digest, true, 0L), (again.Digest, again.Unchanged, again.BytesUploaded));

        // The second image has the layers of the first.
        Assert.All(pushed.Images[1].Layers, layer => Assert.Equal(BlobOutcome.AlreadyPresent, layer.Outcome));
        await index.WriteAsync(ImageLocation.Parse($"oci:{_folder["layout"]}:x"));
        await index.WriteAsync(ImageLocation.Parse($"oci-archive:{_folder["index.tar"]}:x"));
        foreach (var source in new[] { $"docker://{reference}", $"oci:{_folder["layout"]}:x", $"oci-archive:{_folder["index.tar"]}:x" })
        {
            foreach (var (architecture, variant, entrypoint) in new[] { ("amd64", "", "/amd"), ("arm", "v7", "/arm") })
            {
                var config = await CommandLine.RunAsync("skopeo", "--override-arch", architecture, "--override-variant", variant, "inspect", "--tls-verify=false", "--config", source);
                Assert.Equal(entrypoint, (string?)JObject.Parse(config)["config"]!["Entrypoint"]![0]);
            }
        }

        using var opened = await ImageIndex.OpenAsync(ImageLocation.Parse($"oci-archive:{_folder["index.tar"]}:x"));
        Assert.Equal(["linux/amd64", "linux/arm/v7"], opened.Platforms.Select(platform => platform.ToString()));
        var copy = await opened.WriteAsync(ImageLocation.Parse($"oci:{_folder["copy"]}:y"));
        Assert.Equal(pushed.Digest, copy.Digest);
    }

    /// <summary>Runs where the layout is: the name that buildah makes of its path may have lower case only.</summary>
    private Task<string> BuildahAsync(params string[] arguments) => CommandLine.RunAsync(
        "sh",
        ["-c", "cd \"$0\" && exec buildah --root ./buildah --runroot ./buildah-run --storage-driver vfs \"$@\"", _folder.Path, .. arguments]);

    private Task<string> PodmanAsync(params string[] arguments) => CommandLine.RunAsync(
        "podman",
        ["--root", _folder["podman"], "--runroot", _folder["podman-run"], "--storage-driver", "vfs", "--events-backend", "none", .. arguments]);

    /// <summary>A stream as standard output is one: it cannot be gone back in.</summary>
    private sealed class ForwardOnly(Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
