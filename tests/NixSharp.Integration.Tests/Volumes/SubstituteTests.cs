using NixSharp.Closures;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using NixSharp.Volumes;
using Xunit;

namespace NixSharp.Integration.Tests.Volumes;

/// <summary>What happens where the kernel refuses a hard link, on real file systems.</summary>
public sealed class SubstituteTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _mounts = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var point in _mounts.AsEnumerable().Reverse())
        {
            await CommandLine.RunAsync("umount", point);
        }
    }

    public void Dispose() => _folder.Dispose();

    [RequiresFact(Requirements.Root, "mount", "nix-store")]
    public async Task On_another_file_system_files_are_copied_one_by_one()
    {
        await MountAsync("other", "-t", "tmpfs", "tmpfs");
        var volume = await CreateAsync(_folder["host"], _folder["other/volume"]);
        Assert.Equal(new VolumeReport { CopiedFiles = 3, CopiedBytes = 300_017, Symlinks = 1, Folders = 2 }, volume.Report);
        await AssertIsCanonicalAsync(volume);
        Assert.Equal(0, (await volume.GetStatisticsAsync()).SharedInodes);
        await volume.DeleteAsync();
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["other"]));
    }

    [RequiresFact(Requirements.Root, "mount", "mkfs.xfs", "nix-store")]
    public async Task Where_blocks_can_be_shared_files_are_cloned()
    {
        await MakeFileSystemAsync("xfs", "320M", "mkfs.xfs", "-q", "-m", "reflink=1");

        // Seen through another mount the same file system refuses links, and still shares blocks.
        await MountAsync("again", "--bind", _folder["xfs"]);
        var volume = await CreateAsync(_folder["xfs/host"], _folder["again/volume"]);
        Assert.Equal(new VolumeReport { ClonedFiles = 2, CopiedFiles = 1, Symlinks = 1, Folders = 2 }, volume.Report);
        await AssertIsCanonicalAsync(volume);
    }

    [RequiresFact(Requirements.Root, "mount", "mkfs.ext4", "nix-store", "sh")]
    public async Task A_file_with_as_many_links_as_it_may_have_is_copied_and_the_others_are_linked()
    {
        await MakeFileSystemAsync("ext4", "200M", "mkfs.ext4", "-q");
        await using var store = LocalStore.Open(_folder["ext4/host"], new StoreOptions { SyncBeforeRegistering = false });
        var app = await AddAsync(store);

        // 65,000 names, in folders of a thousand.
        await CommandLine.RunAsync("sh", "-c", """
            set -e; cd "$1"; mkdir names names/0; n=1
            while [ $n -le 999 ]; do ln "$2/large" names/0/$n; n=$((n+1)); done
            ln "$2/large" names/0/1000 2>/dev/null
            n=1; while [ $n -le 63 ]; do cp -al names/0 names/$n; n=$((n+1)); done
            mkdir names/last; n=1; while ln "$2/large" names/last/$n 2>/dev/null; do n=$((n+1)); done
            """, "sh", _folder["ext4"], store.GetRealPath(app));

        var volume = await StoreVolume.CreateAsync(await store.GetClosureAsync(app), _folder["ext4/volume"]);
        Assert.Equal(new VolumeReport { LinkedFiles = 2, CopiedFiles = 1, CopiedBytes = 300_000, Symlinks = 1, Folders = 2 }, volume.Report);
        await AssertIsCanonicalAsync(volume);
    }

    [RequiresTheory(Requirements.Root, "mount")]
    [InlineData("size=256k")]
    [InlineData("size=64k")]
    [InlineData("size=8k")]
    [InlineData("nr_inodes=5")]
    [InlineData("nr_inodes=16")]
    [InlineData("nr_inodes=22")]
    public async Task A_full_file_system_is_an_error_and_leaves_nothing_behind(string limit)
    {
        await MountAsync("small", "-t", "tmpfs", "-o", limit, "tmpfs");
        var error = await Assert.ThrowsAsync<VolumeException>(() => CreateAsync(_folder["host"], _folder["small/volume"]));
        Assert.Equal(NixErrorCodes.VolumeOutOfSpace, error.Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["small"]));
    }

    [RequiresFact(Requirements.Root, "mount")]
    public async Task A_mounted_volume_is_not_deleted()
    {
        var volume = await CreateAsync(_folder["host"], _folder["volume"]);
        await MountAsync("pod", "--bind", _folder["volume/nix"]);
        var error = await Assert.ThrowsAsync<VolumeException>(() => volume.DeleteAsync());
        Assert.Equal(NixErrorCodes.VolumeInUse, error.Code);
        Assert.Contains(_folder["pod"], error.Message, StringComparison.Ordinal);

        await UnmountLastAsync();
        await MountAsync("overlay", "-t", "overlay", "-o", $"lowerdir={_folder["volume/nix"]}:{_folder["host"]}", "overlay");
        Assert.Equal(NixErrorCodes.VolumeInUse, (await Assert.ThrowsAsync<VolumeException>(() => volume.DeleteAsync())).Code);

        await UnmountLastAsync();
        await volume.DeleteAsync();
        Assert.False(Directory.Exists(_folder["volume"]));
    }

    [RequiresFact(Requirements.Root, "mount", "chroot")]
    public async Task Programs_in_a_volume_run_from_where_it_is_mounted()
    {
        var script = _folder.Write("src/hello", "hello from the volume\n");
        await using var store = LocalStore.Open(_folder["host"]);
        var path = await store.AddAsync(script);
        await StoreVolume.CreateAsync(await store.GetClosureAsync(path), _folder["volume"]);
        Directory.CreateDirectory(_folder["root/nix"]);
        foreach (var folder in new[] { "bin", "usr", "lib", "lib64" }.Where(static name => Directory.Exists("/" + name)))
        {
            await MountAsync($"root/{folder}", "--bind", "/" + folder);
        }

        await MountAsync("root/nix", "--bind", _folder["volume/nix"]);
        Assert.Equal("hello from the volume\n", await CommandLine.RunAsync("chroot", _folder["root"], "/bin/cat", "/nix/var/result"));
    }

    private static async Task<StoreVolume> CreateAsync(string host, string path)
    {
        await using var store = LocalStore.Open(host, new StoreOptions { SyncBeforeRegistering = false });
        var app = await AddAsync(store);
        return await StoreVolume.CreateAsync(await store.GetClosureAsync(app), path);
    }

    private static async Task<StorePath> AddAsync(LocalStore store)
    {
        using var source = new TemporaryFolder();
        source.Write("app/large", new string('x', 300_000));
        source.Write("app/empty", "");
        File.SetUnixFileMode(source.Write("app/sub/run", "#!/bin/sh\necho hi\n"[..17]), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(source["app/link"], "large");
        return await store.AddAsync(source["app"]);
    }

    private static async Task AssertIsCanonicalAsync(StoreVolume volume)
    {
        var app = volume.Layout.RealPathOf(volume.Roots[0]);
        foreach (var (name, mode) in new[] { ("", 0x16d), ("sub", 0x16d), ("sub/run", 0x16d), ("large", 0x124), ("empty", 0x124) })
        {
            Assert.Equal((UnixFileMode)mode, File.GetUnixFileMode(Path.Combine(app, name)));
            Assert.Equal(DateTime.UnixEpoch.AddSeconds(1), File.GetLastWriteTimeUtc(Path.Combine(app, name)));
        }

        Assert.Equal(DateTime.UnixEpoch.AddSeconds(1), new FileInfo(Path.Combine(app, "link")).LastWriteTimeUtc);
        var verified = await RealNix.VerifyAsync(volume.Path);
        Assert.True(verified.ExitCode == 0, verified.Error);
        Assert.DoesNotContain("error", verified.Error, StringComparison.OrdinalIgnoreCase);
    }

    private async Task MakeFileSystemAsync(string name, string size, params string[] program)
    {
        await CommandLine.RunAsync("truncate", "-s", size, _folder[name + ".img"]);
        await CommandLine.RunAsync(program[0], [.. program[1..], _folder[name + ".img"]]);
        await MountAsync(name, "-o", "loop", _folder[name + ".img"]);
    }

    private async Task MountAsync(string name, params string[] arguments)
    {
        Directory.CreateDirectory(_folder[name]);
        await CommandLine.RunAsync("mount", [.. arguments, _folder[name]]);
        _mounts.Add(_folder[name]);
    }

    private async Task UnmountLastAsync()
    {
        await CommandLine.RunAsync("umount", _mounts[^1]);
        _mounts.RemoveAt(_mounts.Count - 1);
    }
}
