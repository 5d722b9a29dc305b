using NixSharp.Closures;
using NixSharp.Images;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Images;

public sealed class StoreImageTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LocalStore _store;

    public StoreImageTests()
    {
        _store = LocalStore.Open(_folder["store"]);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _store.DisposeAsync().AsTask();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_archive_is_an_image()
    {
        var file = await _store.AddTextAsync("file", "contents");
        using var made = ContainerImage.FromClosure(await _store.GetClosureAsync(file));
        await made.WriteAsync($"docker-archive:{_folder["image.tar"]}:x:1");
        var path = await _store.AddAsync(_folder["image.tar"], "docker-image-x.tar");
        using var image = await StoreImage.TryOpenAsync(_store, path);
        Assert.Single(image!.Layers);
    }

    [Fact]
    public async Task The_JSON_of_nix2container_is_an_image_with_its_paths_in_the_store()
    {
        var path = await _store.AddTextAsync("image-x.json", """{ "version": 1, "image-config": {}, "layers": [], "arch": "amd64" }""");
        using var image = await StoreImage.TryOpenAsync(_store, path);
        Assert.Empty(image!.Layers);
    }

    [Theory]
    [InlineData("stream-x", "#!/bin/sh\nexec nothing")]
    [InlineData("x-conf.json", """{ "store_layers": 1 }""")]
    public async Task What_streamLayeredImage_makes_is_read_and_refused_where_it_is_damaged(string name, string contents)
    {
        var path = await _store.AddTextAsync(name, contents);
        await Assert.ThrowsAsync<ImageException>(() => StoreImage.TryOpenAsync(_store, path));
    }

    [Theory]
    [InlineData("hello.json", """{ "greeting": "hello" }""")]
    [InlineData("hello.json", "no JSON")]
    [InlineData("stream-hello", "no script")]
    [InlineData("hello", "#!/bin/sh\necho hello")]
    public async Task Other_files_are_something_to_make_an_image_of(string name, string contents) =>
        Assert.Null(await StoreImage.TryOpenAsync(_store, await _store.AddTextAsync(name, contents)));
}
