using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Caches;
using NixSharp.Testing;

namespace NixSharp.Integration.Tests.Caches;

/// <summary>A cache in a folder, a web server for it, and how tests open it.</summary>
public abstract class WebFixture : IDisposable
{
    protected TemporaryFolder Folder { get; } = new();

    /// <summary>Patience and memory for a test.</summary>
    protected StoreOptions Options => new()
    {
        Caches = new CacheOptions
        {
            LookupFolder = Folder["lookups"],
            NetrcFile = Folder.Write("netrc", ""),
            RetryDelay = TimeSpan.FromMilliseconds(1),
        },
    };

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => Folder.Dispose();

    /// <summary>Fills the folder <c>cache</c> with one path, whose NAR is as large and does not compress.</summary>
    protected async Task<StorePath> FillAsync(string compression = "none", int size = 300_000)
    {
        var bytes = new byte[size];
        new Random(20_000).NextBytes(bytes);
        Directory.CreateDirectory(Folder["in"]);
        await File.WriteAllBytesAsync(Folder["in/random"], bytes);
        await using var cache = await NixStore.OpenAsync($"file://{Folder["cache"]}?compression={compression}");
        return await cache.AddAsync(Folder["in/random"]);
    }

    protected async Task<BinaryCacheStore> OpenAsync(string uri, Func<CacheOptions, CacheOptions>? change = null)
    {
        var options = Options;
        return (BinaryCacheStore)await NixStore.OpenAsync(uri, options with { Caches = (change ?? (static same => same))(options.Caches) });
    }

    protected static async Task<byte[]> ReadNarAsync(INarReader store, StorePath path, CancellationToken cancellationToken = default)
    {
        using var nar = new MemoryStream();
        await store.ReadNarAsync(path, nar, cancellationToken);
        return nar.ToArray();
    }
}
