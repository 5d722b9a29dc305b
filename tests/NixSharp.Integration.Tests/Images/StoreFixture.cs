using NixSharp.Closures;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;

namespace NixSharp.Integration.Tests.Images;

/// <summary>A chroot store with a small application that refers to two libraries.</summary>
internal sealed class StoreFixture : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LocalStore _store;

    public StoreFixture()
    {
        _store = LocalStore.Open(_folder["store"]);
    }

    public StorePath Application { get; private set; }

    /// <summary>The root of the store.</summary>
    public string Folder => _folder["store"];

    public static async Task<StoreFixture> CreateAsync(string greeting = "hello")
    {
        var fixture = new StoreFixture();
        var libc = await fixture.AddAsync("libc-2.40", [], folder =>
        {
            File.WriteAllBytes(Path.Combine(folder, "libc.so.6"), Enumerable.Range(0, 300_000).Select(index => (byte)(index * index >> 3)).ToArray());
            File.CreateSymbolicLink(Path.Combine(folder, "libc.so"), "libc.so.6");
        });
        var library = await fixture.AddAsync("libgreet-1.0", [libc], folder =>
            File.WriteAllText(Path.Combine(folder, "libgreet.so"), $"uses {libc}\n{greeting}\n"));
        fixture.Application = await fixture.AddAsync("greet-1.0", [libc, library], folder =>
        {
            var deep = Directory.CreateDirectory(Path.Combine(folder, string.Join('/', Enumerable.Repeat("a-long-folder-name", 20))));
            File.WriteAllText(Path.Combine(deep.FullName, new string('n', 200)), "deep");
            File.CreateSymbolicLink(Path.Combine(folder, "long-link"), new string('t', 300));
            Directory.CreateDirectory(Path.Combine(folder, "bin"));
            Directory.CreateDirectory(Path.Combine(folder, "empty"));
            var program = Path.Combine(folder, "bin", "greet");
            File.WriteAllText(program, $"#!/bin/sh\n# {libc} {library}\necho {greeting}\n");
            File.SetUnixFileMode(program, (UnixFileMode)0x1ED);
        });
        return fixture;
    }

    public Task<Closure> GetClosureAsync() => _store.GetClosureAsync(Application);

    /// <summary>Takes the files away and leaves the database, so that reading one fails.</summary>
    public void HideFiles() => Directory.Move(_folder["store/nix/store"], _folder["store/nix/hidden"]);

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<StorePath> AddAsync(string name, IReadOnlyCollection<StorePath> references, Action<string> fill)
    {
        var source = Directory.CreateDirectory(_folder[$"source/{name}"]).FullName;
        fill(source);
        return await _store.AddAsync(source, name, new AddOptions { ReferenceCandidates = references });
    }
}
