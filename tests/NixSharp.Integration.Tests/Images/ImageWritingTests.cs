using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Images;

public sealed class ImageWritingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("skopeo")]
    public async Task Skopeo_inspects_and_copies_each_form()
    {
        await using var store = await StoreFixture.CreateAsync();
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync(), Options(store));
        foreach (var destination in new[] { $"oci:{_folder["layout"]}:greet", $"oci-archive:{_folder["oci.tar"]}:greet", $"docker-archive:{_folder["docker.tar"]}:greet:1.0" })
        {
            var written = await image.WriteAsync(destination);
            var inspected = JObject.Parse(await CommandLine.RunAsync("skopeo", "inspect", destination));
            Assert.Equal("linux", (string?)inspected["Os"]);
            Assert.Equal(
                written.Layers.Select(layer => layer.Descriptor.Blob.Digest.ToString()),
                inspected["Layers"]!.Select(layer => (string?)layer));
            if (written.ManifestDigest is { } digest)
            {
                Assert.Equal(digest.ToString(), (string?)inspected["Digest"]);
            }

            var config = JObject.Parse(await CommandLine.RunAsync("skopeo", "inspect", "--config", destination));
            Assert.Equal([$"{store.Application}/bin/greet"], config["config"]!["Entrypoint"]!.Select(argument => (string?)argument));
            await CommandLine.RunAsync("skopeo", "copy", destination, $"oci:{_folder["copied"]}:x");
            await CommandLine.RunAsync("skopeo", "copy", destination, $"docker-archive:{_folder[$"copied-{Guid.NewGuid():N}.tar"]}:x:1");
        }
    }

    [RequiresFact("umoci", "diff", "gzip", Requirements.Root)]
    public async Task Umoci_unpacks_the_files_as_the_store_has_them()
    {
        await using var store = await StoreFixture.CreateAsync();
        var closure = await store.GetClosureAsync();
        using var image = ContainerImage.FromClosure(closure, Options(store) with { MaxLayers = 3 });
        var written = await image.WriteAsync($"oci:{_folder["layout"]}:greet");
        foreach (var layer in written.Layers)
        {
            var file = _folder[$"layout/blobs/sha256/{layer.Descriptor.Blob.Digest.Hex}"];
            File.Copy(file, _folder["layer.gz"], overwrite: true);
            await CommandLine.RunAsync("gzip", "-t", _folder["layer.gz"]);
        }

        await CommandLine.RunAsync("umoci", "unpack", "--image", $"{_folder["layout"]}:greet", _folder["bundle"]);
        var root = _folder["bundle/rootfs"];
        foreach (var info in closure.Paths)
        {
            await CommandLine.RunAsync("diff", "--recursive", "--no-dereference", closure.GetRealPath(info.Path), root + info.Path);
            Assert.Equal(Describe(closure.GetRealPath(info.Path)), Describe(root + info.Path));
        }

        Assert.Equal("key = value\n", await File.ReadAllTextAsync($"{root}/etc/greet.conf"));
        Assert.Equal(0x180, (int)File.GetUnixFileMode($"{root}/etc/greet.conf"));
        Assert.Equal(0x3FF, (int)File.GetUnixFileMode($"{root}/tmp"));
        Assert.Equal($"{store.Application}/bin/greet", new FileInfo($"{root}/bin/greet").LinkTarget);
        Assert.Equal("1000:100", (await CommandLine.RunAsync("stat", "-c", "%u:%g", $"{root}/home/user")).Trim());
    }

    [RequiresFact("skopeo")]
    public async Task Images_by_other_names_stay_in_the_layout_and_share_layers()
    {
        await using var store = await StoreFixture.CreateAsync();
        var closure = await store.GetClosureAsync();
        var layout = _folder["layout"];
        using var image = ContainerImage.FromClosure(closure, Options(store));
        var first = await image.WriteAsync($"oci:{layout}:one");
        Assert.DoesNotContain(first.Layers, layer => layer.Reused);
        var second = await image.WriteAsync($"oci:{layout}:two");
        Assert.All(second.Layers, layer => Assert.True(layer.Reused));
        using var other = ContainerImage.FromClosure(closure, Options(store) with { Entrypoint = ["/bin/other"] });
        var third = await other.WriteAsync($"oci:{layout}:two");

        Assert.Equal(first.ManifestDigest.ToString(), await DigestAsync($"oci:{layout}:one"));
        Assert.Equal(third.ManifestDigest.ToString(), await DigestAsync($"oci:{layout}:two"));
        Assert.Equal(2, JObject.Parse(await File.ReadAllTextAsync(_folder["layout/index.json"]))["manifests"]!.Count());
        Assert.DoesNotContain(Directory.EnumerateFiles(layout, ".tmp-*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }), _ => true);
    }

    [RequiresFact("skopeo")]
    public async Task A_layout_that_skopeo_made_takes_another_image()
    {
        await using var store = await StoreFixture.CreateAsync();
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync(), Options(store));
        await image.WriteAsync($"docker-archive:{_folder["docker.tar"]}:greet:1.0");
        await CommandLine.RunAsync("skopeo", "copy", $"docker-archive:{_folder["docker.tar"]}", $"oci:{_folder["layout"]}:theirs");
        await image.WriteAsync($"oci:{_folder["layout"]}:ours");
        await CommandLine.RunAsync("skopeo", "inspect", $"oci:{_folder["layout"]}:theirs");
        await CommandLine.RunAsync("skopeo", "inspect", $"oci:{_folder["layout"]}:ours");
    }

    [RequiresFact("skopeo")]
    public async Task Every_form_can_be_read_and_written_as_every_other()
    {
        await using var store = await StoreFixture.CreateAsync();
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync(), Options(store));
        var original = await image.WriteAsync($"oci:{_folder["a"]}:x");
        await image.WriteAsync($"oci-archive:{_folder["a.tar"]}:x");
        await image.WriteAsync($"docker-archive:{_folder["a.docker.tar"]}:x:latest");
        await CommandLine.RunAsync("sh", "-c", $"gzip -k {_folder["a.tar"]} {_folder["a.docker.tar"]}");
        await CommandLine.RunAsync("skopeo", "copy", $"oci:{_folder["a"]}:x", $"docker-archive:{_folder["skopeo.tar"]}:x:latest");
        string[] sources = [$"oci:{_folder["a"]}:x", $"oci-archive:{_folder["a.tar"]}", $"oci-archive:{_folder["a.tar.gz"]}:x", $"docker-archive:{_folder["a.docker.tar"]}:x", $"docker-archive:{_folder["a.docker.tar.gz"]}", $"docker-archive:{_folder["skopeo.tar"]}"];
        for (var source = 0; source < sources.Length; source++)
        {
            foreach (var (destination, index) in new[] { "oci:{0}:y", "oci-archive:{0}:y", "docker-archive:{0}:y:1" }.Select((form, index) => (form, index)))
            {
                using var opened = await ContainerImage.OpenAsync(sources[source]);
                var target = string.Format(null, destination, _folder[$"copy-{source}-{index}"]);
                var copy = await opened.WriteAsync(target);
                Assert.Equal(original.Layers.Select(layer => layer.Descriptor.DiffId), copy.Layers.Select(layer => layer.Descriptor.DiffId));
                await CommandLine.RunAsync("skopeo", "inspect", target);
                if (copy.ManifestDigest is { } digest && sources[source].StartsWith("oci", StringComparison.Ordinal))
                {
                    Assert.Equal(original.ManifestDigest, digest);
                }
            }
        }
    }

    private static async Task<string?> DigestAsync(string image) =>
        (string?)JObject.Parse(await CommandLine.RunAsync("skopeo", "inspect", image))["Digest"];

    private static ImageOptions Options(StoreFixture store) => new()
    {
        Entrypoint = [$"{store.Application}/bin/greet"],
        Command = ["--loud"],
        Environment = [new("PATH", "/bin"), new("LANG", "C.UTF-8")],
        Labels = new Dictionary<string, string> { ["org.opencontainers.image.url"] = "https://example.org:8443/a:b" },
        ExposedPorts = ["8080", "53/udp"],
        User = "1000:100",
        WorkingDirectory = "/home/user",
        Volumes = ["/data"],
        StopSignal = "SIGINT",
        Files =
        [
            ImageFile.FromText("/etc/greet.conf", "key = value\n") with { Mode = 0x180 },
            ImageFile.Directory("/tmp") with { Mode = 0x3FF },
            ImageFile.Directory("/home/user") with { Owner = 1000, Group = 100 },
            ImageFile.Symlink("/bin/greet", $"{store.Application}/bin/greet"),
        ],
    };

    private static List<string> Describe(string root) =>
        [.. Directory.EnumerateFileSystemEntries(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Order(StringComparer.Ordinal)
            .Select(path => $"{Path.GetRelativePath(root, path)} {new FileInfo(path).LinkTarget ?? Convert.ToString((int)File.GetUnixFileMode(path), 8)} {new FileInfo(path).LastWriteTimeUtc:s}")];
}
