using NixSharp.Images;
using NixSharp.Images.Oci;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Images;

public sealed class ImageDiffTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_plan_says_what_is_in_each_layer_before_any_is_made()
    {
        await using var store = new ImageStore();
        var libc = await store.AddTextAsync("libc-1", "c");
        var closure = await store.GetClosureAsync(await store.AddAsync("app-1", libc));
        using var image = ContainerImage.FromClosure(closure, new() { Layering = Layering.OnePerPath, Files = [ImageFile.FromText("/etc/motd", "hi\n")] });

        var plan = ImageContents.Of(image);

        Assert.Equal([[libc.BaseName], [closure.Roots[0].BaseName], []], plan.Layers.Select(layer => layer.Paths.Select(path => path.BaseName).ToArray()));
        Assert.Equal([closure[libc].NarSize, closure[closure.Roots[0]].NarSize, 3L], plan.Layers.Select(layer => layer.ContentSize!.Value));
        Assert.All(plan.Layers, layer => Assert.Null(layer.Descriptor));
        Assert.All(image.Layers, layer => Assert.Null(layer.Descriptor));
        Assert.Contains("/etc/motd", plan.Layers[2].Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("oci:{0}:x", true)]
    [InlineData("oci-archive:{0}:x", true)]
    [InlineData("docker-archive:{0}:x:1", false)]
    public async Task What_is_in_an_image_is_read_back(string form, bool hasSizes)
    {
        await using var store = new ImageStore();
        var closure = await store.GetClosureAsync(await store.AddAsync("app-1", await store.AddAsync("libc-1")));
        using var image = ContainerImage.FromClosure(closure, new() { Layering = Layering.OnePerPath, Files = [ImageFile.FromText("/etc/motd", "hi\n")] });
        await image.WriteAsync(string.Format(null, form, _folder["image"]));
        using var opened = await ContainerImage.OpenAsync(string.Format(null, form, _folder["image"]));

        var (planned, read) = (ImageContents.Of(image), ImageContents.Of(opened));

        Assert.Equal(planned.Paths.Select(path => path.BaseName), read.Paths.Select(path => path.BaseName));
        Assert.Equal(hasSizes, read.Paths.All(path => path.NarSize is > 0));
        Assert.True(ImageDiff.Compare(planned, read).IsEmpty);
    }

    [Fact]
    public void A_diff_tells_layers_and_paths_that_came_went_and_changed()
    {
        var earlier = Image([P("libc-1", 100), P("zlib-1", 10)], [P("app-1", 5)], [P("old-1", 7)]);
        var later = Image([P("libc-1", 100), P("zlib-2", 12)], [P("app-1", 5)], [P("new-1", 9)]);

        var diff = ImageDiff.Compare(earlier, later);

        Assert.Equal([LayerChangeKind.Changed, LayerChangeKind.Same, LayerChangeKind.Came, LayerChangeKind.Went], diff.Layers.Select(layer => layer.Kind));
        Assert.Equal("zlib-2", Assert.Single(diff.Layers[0].PathsIn).Name);
        Assert.Equal("zlib-1", Assert.Single(diff.Layers[0].PathsOut).Name);
        Assert.Equal(("zlib-1", "zlib-2", 2), (diff.Changed.Single().Earlier!.Value.Name, diff.Changed.Single().Later!.Value.Name, diff.Changed.Single().Growth));
        Assert.Equal((P("new-1", 9), 9), (diff.Came.Single().Later, diff.Came.Single().Growth));
        Assert.Equal((P("old-1", 7), -7), (diff.Went.Single().Earlier, diff.Went.Single().Growth));
        Assert.False(diff.IsEmpty);
        Assert.True(ImageDiff.Compare(later, later).IsEmpty);
    }

    [Fact]
    public void A_path_that_moves_to_another_layer_changes_both()
    {
        var diff = ImageDiff.Compare(Image([P("a-1", 1), P("b-1", 1)], [P("c-1", 1)]), Image([P("a-1", 1)], [P("b-1", 1), P("c-1", 1)]));
        Assert.All(diff.Layers, layer => Assert.Equal(LayerChangeKind.Changed, layer.Kind));
        Assert.Empty(diff.Came);
        Assert.Empty(diff.Went);
        Assert.Empty(diff.Changed);
    }

    [Theory]
    [InlineData("hello-1.0", "hello")]
    [InlineData("dotnet-runtime-8.0.1", "dotnet-runtime")]
    [InlineData("source", "source")]
    [InlineData("xorg-server-1.20-dev", "xorg-server")]
    public void Packages_are_names_without_versions(string name, string package) => Assert.Equal(package, P(name, 1).Package);

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData(":1")]
    [InlineData("a:")]
    [InlineData("a:-1")]
    [InlineData("a:99999999999999999999")]
    [InlineData("../a:1")]
    [InlineData("\u001b[31ma:1")]
    public void Malformed_entries_of_annotations_are_left_out(string entry) =>
        Assert.Equal([new LayerPath("ok-1", 5)], StorePathAnnotation.Read($"{entry} ok-1:5"));

    [Fact]
    public void Layers_that_were_compressed_otherwise_hold_the_same()
    {
        var diffId = OciDigest.Compute([1]);
        LayerContents[] layers = [.. new byte[] { 2, 3 }.Select(seed => new LayerContents
        {
            Descriptor = new LayerDescriptor(new OciDescriptor(OciMediaTypes.LayerGzip, OciDigest.Compute([seed]), 1), diffId),
        })];
        Assert.Equal(LayerChangeKind.Repacked, ImageDiff.Compare(new() { Layers = [layers[0]] }, new() { Layers = [layers[1]] }).Layers.Single().Kind);
    }

    private static LayerPath P(string name, long size) => new($"{new string('0', 32)}-{name}", size);

    private static ImageContents Image(params LayerPath[][] layers) => new() { Layers = [.. layers.Select(paths => new LayerContents { Paths = paths })] };
}
