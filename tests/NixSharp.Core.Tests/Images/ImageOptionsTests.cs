using NixSharp.Images;
using NixSharp.StorePaths;
using Xunit;

namespace NixSharp.Core.Tests.Images;

public sealed class ImageOptionsTests
{
    public static TheoryData<string, ImageOptions> Refused => new()
    {
        { "The entry point is empty", new() { Entrypoint = [""] } },
        { "argument", new() { Command = ["a\0b"] } },
        { "'A=B'", new() { Environment = [new("A=B", "c")] } },
        { "''", new() { Environment = [new("", "c")] } },
        { "PATH is given twice", new() { Environment = [new("PATH", "a"), new("PATH", "b")] } },
        { "'8080/tls'", new() { ExposedPorts = ["8080/tls"] } },
        { "'0'", new() { ExposedPorts = ["0"] } },
        { "'65536/udp'", new() { ExposedPorts = ["65536/udp"] } },
        { "'srv'", new() { WorkingDirectory = "srv" } },
        { "'/data/'", new() { Volumes = ["/data/"] } },
        { "'/../data'", new() { Volumes = ["/../data"] } },
        { "'a b'", new() { User = "a b" } },
        { "'TERM'", new() { StopSignal = "TERM" } },
        { "'x86-64'", new() { Architecture = "x86-64" } },
        { "'Linux'", new() { OperatingSystem = "Linux" } },
        { "empty key", new() { Labels = new Dictionary<string, string> { [""] = "x" } } },
        { "0 layers", new() { MaxLayers = 0 } },
        { "128 layers", new() { MaxLayers = 128 } },
        { "1 layers", new() { MaxLayers = 1, Files = [ImageFile.Directory("/tmp")] } },
        { "'tmp'", new() { Files = [ImageFile.Directory("tmp")] } },
        { "root", new() { Files = [ImageFile.Directory("/")] } },
        { "'/nix/store/x'", new() { Files = [ImageFile.FromText("/nix/store/x", "")] } },
        { "'/nix'", new() { Files = [ImageFile.Symlink("/nix", "/usr")] } },
        { "'/a'", new() { Files = [ImageFile.FromText("/a", ""), ImageFile.Directory("/a")] } },
        { "not a folder", new() { Files = [ImageFile.FromText("/a", ""), ImageFile.Directory("/a/b/c")] } },
        { "mode of '/a'", new() { Files = [ImageFile.Directory("/a") with { Mode = 0x1000 }] } },
        { "owner and group of '/a'", new() { Files = [ImageFile.Directory("/a") with { Owner = -1 }] } },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task An_option_that_cannot_be_is_refused_and_named(string named, ImageOptions options)
    {
        await using var store = new ImageStore();
        var closure = await store.GetClosureAsync(await store.AddAsync("a"));
        var error = Assert.Throws<ImageException>(() => ContainerImage.FromClosure(closure, options));
        Assert.Equal(NixErrorCodes.InvalidImageOptions, error.Code);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_layering_that_loses_a_path_is_refused()
    {
        await using var store = new ImageStore();
        var closure = await store.GetClosureAsync(await store.AddAsync("a"), await store.AddAsync("b"));
        var error = Assert.Throws<ImageException>(() => ContainerImage.FromClosure(closure, new() { Layering = new Forgetful() }));
        Assert.Equal(NixErrorCodes.InvalidImageOptions, error.Code);
    }

    [Fact]
    public async Task An_image_may_have_files_only()
    {
        await using var store = new ImageStore();
        using var image = ContainerImage.FromClosure(await store.GetClosureAsync(), new() { MaxLayers = 1, Files = [ImageFile.Directory("/tmp")] });
        Assert.Single(image.Layers);
    }

    [Theory]
    [InlineData("none", 0)]
    [InlineData("gzip", LayerCompression.DefaultGzipLevel)]
    [InlineData("gzip:1", 1)]
    [InlineData("gzip:9", 9)]
    [InlineData("zstd", LayerCompression.DefaultZstdLevel)]
    [InlineData("zstd:19", 19)]
    [InlineData("estargz", LayerCompression.DefaultGzipLevel)]
    [InlineData("estargz:9", 9)]
    [InlineData("zstd:chunked", LayerCompression.DefaultZstdLevel)]
    [InlineData("zstd:chunked:19", 19)]
    public void Compressions_are_read(string text, int level) => Assert.Equal(level, LayerCompression.Parse(text).Level);

    [Theory]
    [InlineData("")]
    [InlineData("zstd:20")]
    [InlineData("gzip:0")]
    [InlineData("gzip:")]
    [InlineData("none:1")]
    [InlineData("zstd:03")]
    [InlineData("zstd:99999999999")]
    [InlineData("gzip:10")]
    public void Other_compressions_are_refused(string text) =>
        Assert.Equal(NixErrorCodes.InvalidImageOptions, Assert.Throws<ImageException>(() => LayerCompression.Parse(text)).Code);

    private sealed class Forgetful : ILayering
    {
        public IReadOnlyList<IReadOnlyList<StorePath>> Split(NixSharp.Closures.Closure closure, int maxLayers) =>
            [[closure.Paths[0].Path]];
    }
}
