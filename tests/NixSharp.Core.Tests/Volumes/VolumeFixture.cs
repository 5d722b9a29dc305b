using NixSharp.Closures;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;

namespace NixSharp.Core.Tests.Volumes;

/// <summary>A store with a small closure: a text that refers to a folder, which holds all kinds of entries.</summary>
public sealed class VolumeFixture : IAsyncDisposable
{
    private VolumeFixture(TemporaryFolder folder, LocalStore store, StorePath tree, StorePath text, Closure closure)
    {
        Folder = folder;
        Store = store;
        Tree = tree;
        Text = text;
        Closure = closure;
    }

    public TemporaryFolder Folder { get; }

    public LocalStore Store { get; }

    public StorePath Tree { get; }

    public StorePath Text { get; }

    public Closure Closure { get; }

    public string this[string relative] => Folder[relative];

    public static async Task<VolumeFixture> CreateAsync()
    {
        var folder = new TemporaryFolder();
        folder.Write("src/tree/sub/file", "contents");
        folder.Write("src/tree/sub/deeper/file", "more contents");
        File.SetUnixFileMode(folder.Write("src/tree/run", "#!/bin/sh\n"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(folder["src/tree/link"], "sub/file");
        Directory.CreateDirectory(folder["src/tree/empty"]);
        var store = LocalStore.Open(folder["host"], new StoreOptions { SyncBeforeRegistering = false });
        var tree = await store.AddAsync(folder["src/tree"]);
        var text = await store.AddTextAsync("text", $"see {tree}\n", [tree]);
        return new VolumeFixture(folder, store, tree, text, await store.GetClosureAsync(text));
    }

    /// <summary>Puts another file in the place of one in a store.</summary>
    public static void Replace(string file, string contents)
    {
        File.SetUnixFileMode(Path.GetDirectoryName(file)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Delete(file);
        File.WriteAllText(file, contents);
    }

    /// <summary>What lies in a folder, hidden names included.</summary>
    public IEnumerable<string> NamesIn(string relative) =>
        Directory.EnumerateFileSystemEntries(this[relative]).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Folder.Dispose();
    }
}
