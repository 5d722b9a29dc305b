using System.Formats.Tar;
using System.Text;
using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Images;

public sealed class ImageFilesTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ImageStore _store = new();

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Users_and_groups_without_a_base_come_with_root_and_nobody()
    {
        var files = await ReadAsync(new()
        {
            Users = [new("app", 1000), ImageUser.Parse("web:33:100:/srv:/bin/false")],
            Groups = [ImageGroup.Parse("users:100:app")],
        });
        Assert.Equal("root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/var/empty:/bin/false\napp:x:1000:1000::/home/app:/bin/sh\nweb:x:33:100::/srv:/bin/false\n", files["etc/passwd"].Text);
        Assert.Equal("users:x:100:app\nroot:x:0:\nnobody:x:65534:\napp:x:1000:\n", files["etc/group"].Text);
        Assert.Equal((0x1C0, 1000, 1000), files["home/app/"].Attributes);
        Assert.Equal((0x1C0, 33, 100), files["srv/"].Attributes);
        Assert.Equal("hosts: files dns\n", files["etc/nsswitch.conf"].Text);
    }

    [Fact]
    public async Task Users_are_added_to_those_of_the_base()
    {
        WriteBase("base.tar", [
            Entry("etc/", TarEntryType.Directory),
            File("etc/passwd", "root:x:0:0:root:/root:/bin/bash\napp:x:7:7::/:/bin/sh\n"),
            File("etc/group", "root:x:0:\nstaff:x:50:\n"),
            Entry("home/", TarEntryType.Directory),
            Entry("home/app/", TarEntryType.Directory)]);
        var files = await ReadAsync(new() { Users = [new("app", 1000) { GroupId = 50 }] });
        Assert.Equal("root:x:0:0:root:/root:/bin/bash\napp:x:1000:50::/home/app:/bin/sh\n", files["etc/passwd"].Text);
        Assert.Equal("root:x:0:\nstaff:x:50:\n", files["etc/group"].Text);
        Assert.DoesNotContain("home/app/", files.Keys);
    }

    [Fact]
    public async Task Folders_of_the_base_keep_their_modes_and_its_symlinks_are_followed()
    {
        WriteBase("base.tar", [
            Entry("usr/bin/", TarEntryType.Directory),
            Entry("bin", TarEntryType.SymbolicLink, link: "usr/bin"),
            Entry("tmp/", TarEntryType.Directory, mode: 0x3FF),
            Entry("srv/", TarEntryType.Directory, mode: 0x1C0, owner: 5),
            Entry("var/run", TarEntryType.SymbolicLink, link: "/run")]);
        var files = await ReadAsync(new()
        {
            Files =
            [
                ImageFile.FromText("/bin/tool", "t"),
                ImageFile.FromText("/tmp/x", "x"),
                ImageFile.FromText("/srv/y", "y"),
                ImageFile.Directory("/var/run") with { Mode = 0x1C0 },
            ],
        });
        Assert.Equal(["run/", "srv/", "srv/y", "tmp/", "tmp/x", "usr/", "usr/bin/", "usr/bin/tool"], files.Keys);
        Assert.Equal((0x3FF, 0, 0), files["tmp/"].Attributes);
        Assert.Equal((0x1C0, 5, 0), files["srv/"].Attributes);
    }

    [Fact]
    public async Task What_an_upper_layer_of_the_base_takes_away_is_gone()
    {
        WriteBase(
            "base.tar",
            [Entry("bin", TarEntryType.SymbolicLink, link: "usr/bin"), Entry("opt", TarEntryType.SymbolicLink, link: "usr/opt"), Entry("a/", TarEntryType.Directory, mode: 0x1C0), Entry("a/b", TarEntryType.SymbolicLink, link: "/x")],
            [File(".wh.bin", ""), File("opt", "now a file"), File("a/.wh..wh..opq", "")]);
        var files = await ReadAsync(new() { Files = [ImageFile.FromText("/bin/x", ""), ImageFile.FromText("/a/b/x", "")] });
        Assert.Equal(["a/", "a/b/", "a/b/x", "bin/", "bin/x"], files.Keys);
        Assert.Equal((0x1C0, 0, 0), files["a/"].Attributes);
    }

    [Fact]
    public async Task Symlinks_of_the_base_that_lead_in_a_circle_or_two_files_to_one_place_are_refused()
    {
        WriteBase("base.tar", [Entry("a", TarEntryType.SymbolicLink, link: "b"), Entry("b", TarEntryType.SymbolicLink, link: "a"), Entry("c", TarEntryType.SymbolicLink, link: "d")]);
        var circle = await Assert.ThrowsAsync<ImageException>(() => ReadAsync(new() { Files = [ImageFile.FromText("/a/x", "")] }));
        Assert.Equal(NixErrorCodes.InvalidImage, circle.Code);
        var twice = await Assert.ThrowsAsync<ImageException>(() => ReadAsync(new() { Files = [ImageFile.FromText("/c/x", ""), ImageFile.FromText("/d/x", "")] }));
        Assert.Equal(NixErrorCodes.InvalidImageOptions, twice.Code);
    }

    [Fact]
    public async Task Temporary_folders_are_for_everybody()
    {
        var files = await ReadAsync(new() { HasTemporaryFolders = true });
        Assert.Equal((0x3FF, 0, 0), files["tmp/"].Attributes);
        Assert.Equal((0x3FF, 0, 0), files["var/tmp/"].Attributes);
    }

    [Fact]
    public async Task Certificates_and_time_zones_are_linked_to_in_the_closure_and_copied_from_elsewhere()
    {
        _folder.Write("bundle.pem", "PEM");
        _folder.Write("zones/UTC", "TZif2");
        _folder.Write("zones/Europe/Berlin", "TZif2 Berlin");
        var options = new ImageOptions { Certificates = _folder["bundle.pem"], TimeZones = _folder["zones"] };
        var files = await ReadAsync(options);
        Assert.Equal("PEM", files["etc/ssl/certs/ca-certificates.crt"].Text);
        Assert.Equal("/etc/ssl/certs/ca-certificates.crt", files["etc/pki/tls/certs/ca-bundle.crt"].Link);
        Assert.Equal("TZif2 Berlin", files["usr/share/zoneinfo/Europe/Berlin"].Text);

        var package = await _store.AddFolderAsync("cacert", ("etc/ssl/certs/ca-bundle.crt", "PEM"), ("share/zoneinfo/UTC", "TZif2"));
        files = await ReadAsync(new() { Certificates = package.ToString(), TimeZones = package.ToString() }, package);
        Assert.Equal($"{package}/etc/ssl/certs/ca-bundle.crt", files["etc/ssl/certs/ca-certificates.crt"].Link);
        Assert.Equal($"{package}/share/zoneinfo", files["usr/share/zoneinfo"].Link);

        using var image = ContainerImage.FromClosure(await _store.GetClosureAsync(package), options);
        await image.WriteAsync($"oci:{_folder["layout"]}:x");
        var config = JObject.Parse(Encoding.UTF8.GetString(image.GetManifest().Config.Span));
        Assert.Equal("SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt", (string?)config["config"]!["Env"]![0]);
    }

    [Fact]
    public async Task Certificates_and_time_zones_that_are_not_there_are_missed()
    {
        _folder.Write("empty/file", "");
        foreach (var options in new ImageOptions[] { new() { Certificates = _folder["empty"] }, new() { TimeZones = _folder["empty"] } })
        {
            var error = await Assert.ThrowsAsync<ImageException>(() => ReadAsync(options));
            Assert.Equal(NixErrorCodes.ImageContentsMissing, error.Code);
        }
    }

    [Fact]
    public async Task Files_of_packages_appear_in_the_root_and_what_was_asked_for_by_name_comes_first()
    {
        var one = await _store.AddFolderAsync("one", ("bin/one", "1"), ("bin/both", "1"), ("nix-support/setup-hook", ""));
        var two = await _store.AddFolderAsync("two", ("bin/two", "2"), ("bin/both", "2"), ("etc/conf", "2"));
        var files = await ReadAsync(new() { RootLinks = [one, two], Files = [ImageFile.FromText("/etc/conf", "mine")] }, one, two);
        Assert.Equal(["bin/", "bin/both", "bin/one", "bin/two", "etc/", "etc/conf"], files.Keys);
        Assert.Equal($"{one}/bin/both", files["bin/both"].Link);
        Assert.Equal($"{two}/bin/two", files["bin/two"].Link);
        Assert.Equal("mine", files["etc/conf"].Text);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Contents_that_cannot_be_are_refused(string named, ImageOptions options)
    {
        var closure = await _store.GetClosureAsync();
        var error = Assert.Throws<ImageException>(() => ContainerImage.FromClosure(closure, options with { HasTemporaryFolders = true }));
        Assert.Equal(NixErrorCodes.InvalidImageOptions, error.Code);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, ImageOptions> Refused => new()
    {
        { "'App'", new() { Users = [new("App", 1)] } },
        { "'a:b'", new() { Users = [new("a:b", 1)] } },
        { "app is given twice", new() { Users = [new("app", 1), new("app", 2)] } },
        { "numbers of the user", new() { Users = [new("app", -1)] } },
        { "home of app", new() { Users = [new("app", 1) { Home = "home" }] } },
        { "colon", new() { Users = [new("app", 1) { Shell = "/bin/sh:x" }] } },
        { "'app'", new() { Groups = [new("app", 1) { Members = ["a b"] }] } },
        { "database", new() { HasDatabase = true } },
        { "'certs'", new() { Certificates = "certs" } },
    };

    [Theory]
    [InlineData("app")]
    [InlineData("app:x")]
    [InlineData("app:1:x")]
    [InlineData("app:1:2:3:4:5")]
    public void A_text_that_is_no_user_is_refused(string text) =>
        Assert.Equal(NixErrorCodes.InvalidImageOptions, Assert.Throws<ImageException>(() => ImageUser.Parse(text)).Code);

    private async Task<SortedDictionary<string, Found>> ReadAsync(ImageOptions options, params NixSharp.StorePaths.StorePath[] roots)
    {
        using var below = System.IO.File.Exists(_folder["base.tar"]) ? await ContainerImage.OpenAsync($"docker-archive:{_folder["base.tar"]}") : null;
        using var image = ContainerImage.FromClosure(await _store.GetClosureAsync(roots), options with { Base = below, Compression = LayerCompression.None });
        using var tar = new MemoryStream();
        await image.Layers[^1].WriteToAsync(tar);
        tar.Position = 0;
        using var reader = new TarReader(tar);
        var found = new SortedDictionary<string, Found>(StringComparer.Ordinal);
        while (reader.GetNextEntry(copyData: true) is { } entry)
        {
            found.Add(entry.Name, new(((int)entry.Mode, entry.Uid, entry.Gid), entry.LinkName, new StreamReader(entry.DataStream ?? Stream.Null).ReadToEnd()));
        }

        return found;
    }

    private void WriteBase(string name, params TarEntry[][] layers) => TestArchive.Write(_folder[name], layers);

    private static TarEntry Entry(string name, TarEntryType type, string? link = null, int mode = 0x1ED, int owner = 0) => TestArchive.Entry(name, type, link, mode, owner);

    private static TarEntry File(string name, string text) => TestArchive.File(name, text);

    private sealed record Found((int Mode, int Owner, int Group) Attributes, string? Link, string Text);
}
