using NixSharp.Closures;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;

namespace NixSharp.Integration.Tests.Images;

/// <summary>A chroot store with a shell that needs no libraries, and a program for it.</summary>
internal sealed class BusyboxStore : IAsyncDisposable
{
    /// <summary>Debian's busybox, linked statically.</summary>
    public const string Program = "busybox";

    private readonly TemporaryFolder _folder = new();

    private BusyboxStore()
    {
        Store = LocalStore.Open(_folder["store"]);
    }

    public LocalStore Store { get; }

    /// <summary>A package with bin/busybox and bin/sh.</summary>
    public StorePath Shell { get; private set; }

    /// <summary>A package with bin/hello, a script that is run by the shell.</summary>
    public StorePath Application { get; private set; }

    public static async Task<BusyboxStore> CreateAsync(string greeting = "hello")
    {
        var store = new BusyboxStore();
        var shell = store._folder["source/busybox"];
        Directory.CreateDirectory(Path.Combine(shell, "bin"));
        File.Copy(Requirements.Find(Program)!, Path.Combine(shell, "bin", "busybox"));
        foreach (var applet in new[] { "sh", "cat", "id", "ls", "touch" })
        {
            File.CreateSymbolicLink(Path.Combine(shell, "bin", applet), "busybox");
        }

        store.Shell = await store.Store.AddAsync(shell, "busybox-1.35");
        store.Application = await store.AddScriptAsync("hello-1.0", $"echo {greeting}");
        return store;
    }

    /// <summary>Adds a package with a script by the name <c>bin/hello</c>.</summary>
    public async Task<StorePath> AddScriptAsync(string name, string script)
    {
        var file = _folder.Write($"source/{name}/bin/hello", $"#!{Shell}/bin/sh\n{script}\n");
        File.SetUnixFileMode(file, (UnixFileMode)0x1ED);
        return await Store.AddAsync(_folder[$"source/{name}"], name, new AddOptions { ReferenceCandidates = [Shell] });
    }

    public Task<Closure> GetClosureAsync() => Store.GetClosureAsync(Application);

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _folder.Dispose();
    }
}
