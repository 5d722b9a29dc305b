using NixSharp.Closures;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;

namespace NixSharp.Core.Tests.Images;

/// <summary>A chroot store whose paths are small texts that refer to each other.</summary>
internal sealed class ImageStore : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LocalStore _store;

    public ImageStore()
    {
        _store = LocalStore.Open(_folder["store"]);
    }

    public Task<StorePath> AddAsync(string name, params StorePath[] references) => AddTextAsync(name, "", references);

    public Task<StorePath> AddTextAsync(string name, string text, params StorePath[] references) =>
        _store.AddTextAsync(name, $"{text}{string.Join(' ', references)}", references);

    public Task<StorePath> AddFolderAsync(string name, params (string Path, string Text)[] files)
    {
        foreach (var (path, text) in files)
        {
            _folder.Write($"source/{name}/{path}", text);
        }

        return _store.AddAsync(_folder[$"source/{name}"], name);
    }

    public Task<Closure> GetClosureAsync(params StorePath[] roots) => _store.GetClosureAsync(roots);

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }
}
