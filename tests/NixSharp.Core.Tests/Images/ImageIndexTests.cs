using Newtonsoft.Json.Linq;
using NixSharp.Images;
using NixSharp.Images.Oci;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Images;

public sealed class ImageIndexTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ImageStore _store = new();

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("oci:{0}:x")]
    [InlineData("oci-archive:{0}:x")]
    public async Task Each_platform_gets_its_own_image(string form)
    {
        var location = string.Format(null, form, _folder["index"]);
        using var amd = await MakeAsync("amd64", null);
        using var arm = await MakeAsync("arm", "v7");
        using var index = new ImageIndex([amd, arm], new Dictionary<string, string> { ["a"] = "b" });
        var written = await index.WriteAsync(ImageLocation.Parse(location));
        Assert.Equal(written.Digest, (await index.WriteAsync(ImageLocation.Parse($"oci:{_folder["again"]}:y"))).Digest);

        foreach (var (platform, digest) in index.Platforms.Zip(written.Images.Select(image => image.ManifestDigest)))
        {
            using var opened = await ContainerImage.OpenAsync(location, new() { Platform = platform });
            Assert.Equal(digest, opened.Digest);
            Assert.Equal(platform, opened.Platform);
        }

        // A machine that can do more takes what is made for one that can do less.
        using var newer = await ContainerImage.OpenAsync(location, new() { Platform = OciPlatform.Parse("linux/arm/v8") });
        Assert.Equal("v7", newer.Platform!.Variant);
        var error = await Assert.ThrowsAsync<ImageException>(() => ContainerImage.OpenAsync(location, new() { Platform = OciPlatform.Parse("linux/riscv64") }));
        Assert.Contains("linux/amd64", error.Message, StringComparison.Ordinal);
        using var all = await ImageIndex.OpenAsync(ImageLocation.Parse(location), new() { Digest = written.Digest });
        Assert.Equal(2, all.Images.Count);
    }

    [Fact]
    public async Task Images_that_make_no_index_are_refused()
    {
        using var one = await MakeAsync("amd64", null);
        using var same = await MakeAsync("amd64", null);
        Assert.Equal(NixErrorCodes.InvalidImageOptions, Assert.Throws<ImageException>(() => new ImageIndex([one, same])).Code);
        Assert.Equal(NixErrorCodes.InvalidImageOptions, Assert.Throws<ImageException>(() => new ImageIndex([])).Code);
        using var index = new ImageIndex([one]);
        var error = await Assert.ThrowsAsync<ImageException>(() => index.WriteAsync(ImageLocation.Parse($"docker-archive:{_folder["x.tar"]}")));
        Assert.Equal(NixErrorCodes.UnsupportedImage, error.Code);
        Assert.False(File.Exists(_folder["x.tar"]));
    }

    [Theory]
    [InlineData("""{"manifests":[{"mediaType":"x","digest":"sha256:0","size":1}]}""")]
    [InlineData("""{"manifests":[{}]}""")]
    [InlineData("[]")]
    public async Task An_index_with_malformed_entries_is_refused(string text)
    {
        var contents = System.Text.Encoding.UTF8.GetBytes(text);
        _folder.Write("layout/oci-layout", """{"imageLayoutVersion":"1.0.0"}""");
        _folder.Write($"layout/blobs/sha256/{OciDigest.Compute(contents).Hex}", text);
        var entry = new JObject { ["mediaType"] = OciMediaTypes.Index, ["digest"] = OciDigest.Compute(contents).ToString(), ["size"] = contents.Length };
        _folder.Write("layout/index.json", new JObject { ["schemaVersion"] = 2, ["manifests"] = new JArray(entry) }.ToString());
        var location = ImageLocation.Parse($"oci:{_folder["layout"]}");
        await Assert.ThrowsAsync<ImageException>(() => ContainerImage.OpenAsync(location));
        await Assert.ThrowsAsync<ImageException>(() => ImageIndex.OpenAsync(location));
    }

    [Theory]
    [InlineData(ImageTransport.OciArchive)]
    [InlineData(ImageTransport.DockerArchive)]
    public async Task An_archive_that_is_streamed_has_the_same_image_as_one_in_a_file(ImageTransport transport)
    {
        using var image = await MakeAsync("amd64", null);
        await using (var output = File.Create(_folder["stream.tar"]))
        {
            await image.WriteToAsync(output, transport, "x:1");
        }

        var written = await image.WriteAsync($"oci:{_folder["layout"]}:x");
        using var opened = await ContainerImage.OpenAsync(new ImageLocation(transport, _folder["stream.tar"], "x:1"));
        Assert.Equal(written.Layers.Select(layer => layer.Descriptor.DiffId), (await opened.WriteAsync($"oci:{_folder["copy"]}:x")).Layers.Select(layer => layer.Descriptor.DiffId));
        Assert.Equal(NixErrorCodes.InvalidImageLocation, (await Assert.ThrowsAsync<ImageException>(() => image.WriteToAsync(Stream.Null, ImageTransport.Oci))).Code);
    }

    private async Task<ContainerImage> MakeAsync(string architecture, string? variant) =>
        ContainerImage.FromClosure(await _store.GetClosureAsync(await _store.AddTextAsync("app", architecture)), new() { Architecture = architecture, Variant = variant });
}
