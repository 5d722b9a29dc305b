using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Caches;

namespace NixSharp.Core.Tests.Stores.Caches;

/// <summary>A cache in a folder, and what tests want to do to it.</summary>
public abstract class CacheFixture : StoreFixture
{
    protected async Task<FolderCacheStore> OpenCacheAsync(string parameters = "compression=none", string name = "cache") =>
        (FolderCacheStore)await NixStore.OpenAsync($"file://{Folder[name]}?{parameters}", Fast);

    protected static async Task<byte[]> ReadNarAsync(INarReader store, StorePath path)
    {
        using var nar = new MemoryStream();
        await store.ReadNarAsync(path, nar);
        return nar.ToArray();
    }

    /// <summary>Has a cache with one path, and changes what its narinfo says.</summary>
    protected async Task<StorePath> MakeChangedAsync(Func<NarInfo, NarInfo> change, string parameters = "compression=none")
    {
        await using var store = await OpenCacheAsync(parameters);
        var path = await store.AddTextAsync("text", new string('x', 10_000));
        await File.WriteAllTextAsync(NarInfoOf(path), change((await store.QueryNarInfoAsync(path))!).Write());
        return path;
    }

    protected string NarInfoOf(StorePath path, string name = "cache") => Folder[$"{name}/{path.HashPart}.narinfo"];

    protected string FileOf(NarInfo info, string name = "cache") => Folder[$"{name}/{info.Url}"];

    /// <summary>Every file of a cache, by its name in it.</summary>
    protected IEnumerable<string> FilesIn(string name = "cache") =>
        Directory.EnumerateFiles(Folder[name], "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder[name], file)).Order();
}
