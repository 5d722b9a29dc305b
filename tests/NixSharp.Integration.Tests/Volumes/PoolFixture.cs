using NixSharp.Closures;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using NixSharp.Volumes;

namespace NixSharp.Integration.Tests.Volumes;

/// <summary>A store with an application that prints a file of its dependency, a pool, and what was mounted, which goes in the end.</summary>
public sealed class PoolFixture : IAsyncDisposable
{
    public static readonly VolumeName One = VolumeName.Parse("one");
    public static readonly VolumeMountOptions Writable = new() { ReadOnly = false };
    public static readonly VolumeOptions BindView = new() { Kind = VolumeKind.BindView, Sync = false };

    private PoolFixture(TemporaryFolder folder, LocalStore store, VolumePool pool, Closure closure)
    {
        Folder = folder;
        Store = store;
        Pool = pool;
        Closure = closure;
    }

    public TemporaryFolder Folder { get; }

    public LocalStore Store { get; }

    public VolumePool Pool { get; private set; }

    /// <summary>A folder with <c>run</c>, which refers to a folder with <c>message</c>, a text file, and a symlink.</summary>
    public Closure Closure { get; }

    public StorePath App => Closure.Roots[0];

    public string this[string relative] => Folder[relative];

    public static async Task<PoolFixture> CreateAsync()
    {
        var folder = new TemporaryFolder();
        folder.Write("src/data/message", "from the volume\n");
        folder.Write("src/data/deep/er/file", "deep");
        var store = LocalStore.Open(folder["host"], new StoreOptions { SyncBeforeRegistering = false });
        var data = await store.AddAsync(folder["src/data"]);
        var text = await store.AddTextAsync("text", "plain");
        File.CreateSymbolicLink(folder["src/alias"], $"{data}/message");
        var alias = await store.AddAsync(folder["src/alias"], options: new AddOptions { ReferenceCandidates = [data] });
        File.Copy(Requirements.Find("busybox") ?? "/bin/true", folder.Write("src/app/bin/busybox", ""), overwrite: true);
        var run = folder.Write("src/app/run", $"#!/nix/store/none\n{data}\n{text}\n{alias}\n");
        File.SetUnixFileMode(run, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var app = await store.AddAsync(folder["src/app"], options: new AddOptions { ReferenceCandidates = [data, text, alias] });
        var pool = await OpenAsync(folder, store);
        return new PoolFixture(folder, store, pool, await store.GetClosureAsync(app));
    }

    public async Task<VolumePool> ReopenAsync() => Pool = await OpenAsync(Folder, Store);

    /// <summary>Makes the records of all mounts those of an earlier run of the machine.</summary>
    public void PretendRestart()
    {
        foreach (var record in Directory.EnumerateFiles(this["pool/mounts"], "mount.json", SearchOption.AllDirectories))
        {
            File.WriteAllText(record, File.ReadAllText(record).Replace(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(), "an-earlier-boot", StringComparison.Ordinal));
        }
    }

    /// <summary>How often a path is a mount point.</summary>
    public static int CountMounts(string path) => File.ReadLines("/proc/self/mountinfo").Count(line => line.Split(' ')[4] == path);

    /// <summary>Closes the store that the closure was made in, and with it what keeps it for as long as that is open.</summary>
    public ValueTask CloseStoreAsync() => Store.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var point in File.ReadLines("/proc/self/mountinfo").Select(static line => line.Split(' ')[4]).Where(point => point.StartsWith(Folder.Path + "/", StringComparison.Ordinal)).Reverse())
        {
            await CommandLine.TryRunAsync("umount", "--lazy", point);
        }

        await Store.DisposeAsync();
        Folder.Dispose();
    }

    private static Task<VolumePool> OpenAsync(TemporaryFolder folder, LocalStore store) =>
        VolumePool.OpenAsync(folder["pool"], store, new VolumePoolOptions { UnmountTimeout = TimeSpan.FromSeconds(1) });
}
