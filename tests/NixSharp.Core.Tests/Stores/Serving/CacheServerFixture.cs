using System.Text;
using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Serving;
using NixSharp.Testing;

namespace NixSharp.Core.Tests.Stores.Serving;

/// <summary>A store with two paths, of which one needs the other, and a server for it.</summary>
internal sealed class CacheServerFixture : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<CacheServer> _servers = [];

    private CacheServerFixture(INixStore store, StorePath lib, StorePath app)
    {
        Store = store;
        Lib = lib;
        App = app;
    }

    public TemporaryFolder Folder { get; private init; } = null!;

    public INixStore Store { get; }

    public StorePath Lib { get; }

    public StorePath App { get; }

    public static async Task<CacheServerFixture> CreateAsync()
    {
        var folder = new TemporaryFolder();
        var store = await NixStore.OpenAsync(folder["store"], new StoreOptions { SyncBeforeRegistering = false });
        var lib = await store.AddTextAsync("lib", string.Concat(Enumerable.Repeat("library ", 1000)));
        var app = await store.AddTextAsync("app", $"needs {lib}", [lib]);
        return new CacheServerFixture(store, lib, app) { Folder = folder };
    }

    public CacheServer Serve(CacheServerOptions? options = null)
    {
        var server = new CacheServer(Store, options is null ? null : options with { UploadFolder = _folder.Path });
        _servers.Add(server);
        return server;
    }

    /// <summary>What is left of uploads.</summary>
    public IEnumerable<string> UploadedFiles() => Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories);

    public async Task<byte[]> NarAsync(StorePath path)
    {
        var nar = new MemoryStream();
        await Store.ReadNarAsync(path, nar);
        return nar.ToArray();
    }

    public static async Task<NarInfo> NarInfoAsync(CacheServer server, StorePath path) =>
        NarInfo.Parse((await GetAsync(server, $"/{path.HashPart}.narinfo")).Body);

    public static async Task<(CacheAnswer Answer, byte[] Body)> GetAsync(CacheServer server, string path, string method = "GET", string? range = null, string? authorization = null)
    {
        var answer = await server.AnswerAsync(new CacheRequest { Method = method, Path = path, Range = range, Authorization = authorization });
        return (answer, await BodyAsync(answer));
    }

    public static async Task<(int Status, string Text)> PutAsync(CacheServer server, string path, byte[] body, string? authorization = null)
    {
        var answer = await server.AnswerAsync(new CacheRequest { Method = "PUT", Path = path, Body = new MemoryStream(body), ContentLength = body.Length, Authorization = authorization });
        return (answer.Status, Encoding.UTF8.GetString(await BodyAsync(answer)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            server.Dispose();
        }

        await Store.DisposeAsync();
        Folder.Dispose();
        _folder.Dispose();
    }

    private static async Task<byte[]> BodyAsync(CacheAnswer answer)
    {
        var body = new MemoryStream();
        if (answer.WriteBody is { } write)
        {
            await write(body, CancellationToken.None);
        }

        return body.ToArray();
    }
}
