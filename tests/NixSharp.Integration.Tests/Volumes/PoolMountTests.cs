using NixSharp.Testing;
using NixSharp.Volumes;
using Xunit;

namespace NixSharp.Integration.Tests.Volumes;

public sealed class PoolMountTests : IAsyncLifetime
{
    private PoolFixture _fixture = null!;

    private VolumePool Pool => _fixture.Pool;

    private string Target => _fixture["pod/nix"];

    public async Task InitializeAsync() => _fixture = await PoolFixture.CreateAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [RequiresFact(Requirements.Root, "mount", "chroot", "busybox")]
    public async Task A_program_runs_where_nix_is_the_mount()
    {
        await Pool.CreateAsync(PoolFixture.One, _fixture.Closure);
        var mount = await Pool.MountAsync(PoolFixture.One, Target);
        Assert.Equal(VolumeMountState.Mounted, mount.State);
        Assert.False(mount.IsReused);
        Assert.Equal(
            "from the volume\n",
            await CommandLine.RunAsync("chroot", _fixture["pod"], $"{_fixture.App}/bin/busybox", "cat", _fixture.Closure.Paths.Single(static info => info.Path.Name == "alias").Path.ToString()));
    }

    [RequiresFact(Requirements.Root, "mount", "sh", "findmnt")]
    public async Task A_read_only_mount_is_read_only_without_set_user_id_and_devices_and_the_volume_s_own_inodes()
    {
        var volume = await Pool.CreateAsync(PoolFixture.One, _fixture.Closure);
        await Pool.MountAsync(PoolFixture.One, Target);
        var options = (await CommandLine.RunAsync("findmnt", "--noheadings", "--output", "VFS-OPTIONS", Target)).Trim().Split(',');
        Assert.Superset(new HashSet<string> { "ro", "nosuid", "nodev" }, options.ToHashSet());
        var written = await CommandLine.TryRunAsync("sh", "-c", $"echo x > '{Target}/new'");
        Assert.Contains("Read-only", written.Error, StringComparison.Ordinal);
        var file = $"{_fixture.App.BaseName}/bin/busybox";
        Assert.Equal(await InodeAsync(_fixture[$"host/nix/store/{file}"]), await InodeAsync($"{Target}/store/{file}"));
        Assert.Equal(Directory.GetLastWriteTimeUtc(volume.Path + "/nix/store/" + _fixture.App.BaseName), DateTime.UnixEpoch.AddSeconds(1));
    }

    [RequiresFact(Requirements.Root, "mount")]
    public async Task Mounting_again_does_not_stack_and_unmounting_takes_the_folder_that_was_made()
    {
        await Pool.CreateAsync(PoolFixture.One, _fixture.Closure);
        Assert.Null(Pool.FindMount(Target));
        await Pool.MountAsync(PoolFixture.One, Target);
        for (var time = 0; time < 10; time++)
        {
            Assert.True((await Pool.MountAsync(PoolFixture.One, Target)).IsReused);
        }

        Assert.Equal(1, PoolFixture.CountMounts(Target));
        Assert.Equal(PoolFixture.One, Pool.FindMount(Target)!.Volume);
        Assert.Equal(Target, Assert.Single(await Pool.ListMountsAsync()).Target);
        Assert.Equal(NixErrorCodes.VolumeInUse, (await Assert.ThrowsAsync<VolumeException>(() => Pool.DeleteAsync(PoolFixture.One))).Code);

        Assert.True(await Pool.UnmountAsync(Target));
        for (var time = 0; time < 10; time++)
        {
            Assert.False(await Pool.UnmountAsync(Target));
        }

        Assert.Equal(0, PoolFixture.CountMounts(Target));
        Assert.False(Directory.Exists(Target));
        Assert.Empty(await Pool.ListMountsAsync());
        Assert.True(await Pool.DeleteAsync(PoolFixture.One));
    }

    [RequiresFact(Requirements.Root, "mount")]
    public async Task A_folder_that_was_there_stays()
    {
        Directory.CreateDirectory(Target);
        await Pool.CreateAsync(PoolFixture.One, _fixture.Closure);
        await Pool.MountAsync(PoolFixture.One, Target);
        await Pool.UnmountAsync(Target);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Target));
    }

    [RequiresFact(Requirements.Root, "mount")]
    public async Task What_is_written_is_seen_there_only_and_gone_with_the_mount()
    {
        await Pool.CreateAsync(PoolFixture.One, _fixture.Closure);
        await Pool.MountAsync(PoolFixture.One, Target, PoolFixture.Writable);
        await Pool.MountAsync(PoolFixture.One, _fixture["other/nix"], PoolFixture.Writable);
        File.WriteAllText($"{Target}/var/note", "written");
        var message = _fixture.Closure.Paths.Single(static info => info.Path.Name == "data").Path.BaseName + "/message";
        File.SetUnixFileMode($"{Target}/store/{message}", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText($"{Target}/store/{message}", "changed");

        Assert.Equal("from the volume\n", File.ReadAllText(_fixture[$"host/nix/store/{message}"]));
        Assert.Equal("from the volume\n", File.ReadAllText(_fixture[$"other/nix/store/{message}"]));
        Assert.False(File.Exists(_fixture["other/nix/var/note"]));

        await Pool.UnmountAsync(Target);
        await Pool.UnmountAsync(_fixture["other/nix"]);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_fixture["pool/mounts"]));
        await Pool.MountAsync(PoolFixture.One, Target, PoolFixture.Writable);
        Assert.False(File.Exists($"{Target}/var/note"));
    }

    [RequiresFact(Requirements.Root, "mount")]
    public async Task The_whole_volume_can_be_mounted_instead_of_its_nix()
    {
        await Pool.CreateAsync(PoolFixture.One, _fixture.Closure);
        foreach (var readOnly in new[] { true, false })
        {
            await Pool.MountAsync(PoolFixture.One, Target, new VolumeMountOptions { ReadOnly = readOnly, Layout = VolumeRootLayout.Volume });
            Assert.True(Directory.Exists($"{Target}/nix/store/{_fixture.App.BaseName}"));
            await Pool.UnmountAsync(Target);
        }
    }

    [RequiresFact(Requirements.Root, "mount")]
    public async Task A_place_where_something_else_is_is_refused_and_left_alone()
    {
        await Pool.CreateAsync(PoolFixture.One, _fixture.Closure);
        var other = VolumeName.Parse("other");
        await Pool.CreateAsync(other, _fixture.Closure);
        _fixture.Folder.Write("full/file", "stays");
        _fixture.Folder.Write("file", "stays");
        File.CreateSymbolicLink(_fixture["symlink"], "full");
        Directory.CreateDirectory(_fixture["foreign"]);
        await CommandLine.RunAsync("mount", "-t", "tmpfs", "tmpfs", _fixture["foreign"]);
        await Pool.MountAsync(other, Target);
        foreach (var place in new[] { "full", "file", "symlink", "foreign", "pod/nix", "file/below" })
        {
            var error = await Assert.ThrowsAsync<VolumeException>(() => Pool.MountAsync(PoolFixture.One, _fixture[place]));
            Assert.Equal(place == "file/below" ? NixErrorCodes.VolumeMountFailed : NixErrorCodes.MountTargetOccupied, error.Code);
        }

        Assert.Equal(NixErrorCodes.MountTargetOccupied, (await Assert.ThrowsAsync<VolumeException>(() => Pool.MountAsync(other, Target, PoolFixture.Writable))).Code);
        Assert.Equal(NixErrorCodes.MountTargetOccupied, (await Assert.ThrowsAsync<VolumeException>(() => Pool.UnmountAsync(_fixture["foreign"]))).Code);
        Assert.Equal(NixErrorCodes.MountTargetOccupied, (await Assert.ThrowsAsync<VolumeException>(() => Pool.MountAsync(other, "relative"))).Code);
        Assert.Equal(VolumeMountState.Foreign, Pool.FindMount(_fixture["foreign"])!.State);
        Assert.Equal(other, Pool.FindMount(Target)!.Volume);
        Assert.Single(await Pool.ListMountsAsync());
        Assert.Equal(NixErrorCodes.NotAVolume, (await Assert.ThrowsAsync<VolumeException>(() => Pool.MountAsync(VolumeName.Parse("none"), _fixture["fresh"]))).Code);
        Assert.False(Directory.Exists(_fixture["fresh"]));
    }

    [RequiresFact(Requirements.Root, "mount", "sh")]
    public async Task A_mount_that_is_in_use_is_waited_for_and_then_unmounted_lazily()
    {
        await Pool.CreateAsync(PoolFixture.One, _fixture.Closure);
        await Pool.MountAsync(PoolFixture.One, Target);
        using (File.OpenRead($"{Target}/store/{_fixture.App.BaseName}/bin/busybox"))
        {
            Assert.True(await Pool.UnmountAsync(Target, TimeSpan.Zero));
            Assert.Equal(0, PoolFixture.CountMounts(Target));
            Assert.False(Directory.Exists(Target));
        }
    }

    [RequiresFact(Requirements.Root, "mount")]
    public async Task A_volume_s_own_stale_mount_is_taken_away()
    {
        var volume = await Pool.CreateAsync(PoolFixture.One, _fixture.Closure);
        await Pool.MountAsync(PoolFixture.One, Target);
        NixSharp.Files.FileTree.Delete(volume.Path);
        Assert.Equal(VolumeMountState.Stale, Pool.FindMount(Target)!.State);
        await Pool.CreateAsync(PoolFixture.One, _fixture.Closure);
        Assert.False((await Pool.MountAsync(PoolFixture.One, Target)).IsReused);
        Assert.True(Directory.Exists($"{Target}/store/{_fixture.App.BaseName}"));
        Assert.Equal(1, PoolFixture.CountMounts(Target));

        NixSharp.Files.FileTree.Delete(volume.Path);
        await _fixture.ReopenAsync();
        Assert.Equal(0, PoolFixture.CountMounts(Target));
        Assert.Empty(await Pool.ListMountsAsync());
    }

    [RequiresFact(Requirements.Root, "mount")]
    public async Task Opening_the_pool_forgets_what_is_not_mounted_and_keeps_what_is()
    {
        await Pool.CreateAsync(PoolFixture.One, _fixture.Closure);
        await Pool.MountAsync(PoolFixture.One, Target, PoolFixture.Writable);
        await Pool.MountAsync(PoolFixture.One, _fixture["gone/nix"], PoolFixture.Writable);
        await CommandLine.RunAsync("umount", _fixture["gone/nix"]);
        Assert.Equal(VolumeMountState.Missing, Pool.FindMount(_fixture["gone/nix"])!.State);
        await _fixture.ReopenAsync();
        Assert.Equal(Target, Assert.Single(await Pool.ListMountsAsync()).Target);
        Assert.Single(Directory.EnumerateFileSystemEntries(_fixture["pool/mounts"]));
        Assert.False(Directory.Exists(_fixture["gone/nix"]));
    }

    [RequiresFact(Requirements.Root, "mount")]
    public async Task After_a_restart_of_the_machine_mounts_are_made_again_with_what_was_written()
    {
        await Pool.CreateAsync(PoolFixture.One, _fixture.Closure, PoolFixture.BindView);
        await Pool.MountAsync(PoolFixture.One, Target, PoolFixture.Writable);
        File.WriteAllText($"{Target}/var/note", "written");
        await CommandLine.RunAsync("umount", "--recursive", Target);
        _fixture.PretendRestart();
        await _fixture.ReopenAsync();
        Assert.Equal(VolumeMountState.Missing, Assert.Single(await Pool.ListMountsAsync()).State);

        // What is in the way is no reason to lose what was written.
        _fixture.Folder.Write("pod/nix/in-the-way", "");
        Assert.Equal(VolumeMountState.Missing, Assert.Single(await Pool.RestoreMountsAsync()).State);
        File.Delete($"{Target}/in-the-way");
        await _fixture.ReopenAsync();
        Assert.Equal(VolumeMountState.Mounted, Assert.Single(await Pool.RestoreMountsAsync()).State);
        Assert.Equal("written", File.ReadAllText($"{Target}/var/note"));
        Assert.True(File.Exists($"{Target}/store/{_fixture.App.BaseName}/bin/busybox"));
        await Pool.UnmountAsync(Target);
        Assert.False(Directory.Exists(Target));
    }

    [RequiresFact(Requirements.Root, "mount", "sh", "/dev/fuse")]
    public async Task A_mount_of_others_that_does_not_answer_is_told_apart_and_left_alone()
    {
        await Pool.CreateAsync(PoolFixture.One, _fixture.Closure);
        Directory.CreateDirectory(Target);
        await CommandLine.RunAsync("sh", "-c", $"exec 5<>/dev/fuse; mount -i -t fuse -o fd=5,rootmode=40000,user_id=0,group_id=0 fuse '{Target}'");
        Assert.Equal(VolumeMountState.Stale, Pool.FindMount(Target)!.State);
        Assert.Equal(NixErrorCodes.MountStale, (await Assert.ThrowsAsync<VolumeException>(() => Pool.MountAsync(PoolFixture.One, Target))).Code);
        Assert.Equal(NixErrorCodes.MountStale, (await Assert.ThrowsAsync<VolumeException>(() => Pool.UnmountAsync(Target))).Code);
        Assert.Equal(1, PoolFixture.CountMounts(Target));
        await CommandLine.RunAsync("umount", "--lazy", Target);
        await Pool.MountAsync(PoolFixture.One, Target);
    }

    [RequiresFact(Requirements.Root, "mount")]
    public async Task A_target_that_cannot_be_made_is_an_error_and_one_that_is_there_is_mounted_on()
    {
        await Pool.CreateAsync(PoolFixture.One, _fixture.Closure);
        Directory.CreateDirectory(_fixture["fixed"]);
        await CommandLine.RunAsync("mount", "-t", "tmpfs", "tmpfs", _fixture["fixed"]);
        Directory.CreateDirectory(_fixture["fixed/there"]);
        await CommandLine.RunAsync("mount", "-o", "remount,ro", _fixture["fixed"]);
        var error = await Assert.ThrowsAsync<VolumeException>(() => Pool.MountAsync(PoolFixture.One, _fixture["fixed/new"]));
        Assert.Equal(NixErrorCodes.VolumeMountFailed, error.Code);
        Assert.Contains("Read-only", error.Message, StringComparison.Ordinal);
        Assert.Empty(await Pool.ListMountsAsync());

        await Pool.MountAsync(PoolFixture.One, _fixture["fixed/there"]);
        Assert.True(await Pool.UnmountAsync(_fixture["fixed/there"]));
        Assert.True(Directory.Exists(_fixture["fixed/there"]));
    }

    [RequiresFact(Requirements.Root, "mount")]
    public async Task A_second_volume_of_a_closure_takes_no_block_for_files()
    {
        var first = await Pool.CreateAsync(PoolFixture.One, _fixture.Closure);
        var second = await Pool.CreateAsync(VolumeName.Parse("two"), _fixture.Closure);
        Assert.Equal((0, 0), (second.Report!.CopiedFiles, second.Report.ClonedFiles));
        var together = long.Parse((await CommandLine.RunAsync("du", "--summarize", "--block-size=1", _fixture["host/nix/store"], first.Path + "/nix/store", second.Path + "/nix/store")).Split('\n')[2].Split('\t')[0], System.Globalization.CultureInfo.InvariantCulture);
        var folders = Directory.EnumerateDirectories(second.Path + "/nix/store", "*", SearchOption.AllDirectories).Count() + 1;
        Assert.InRange(together, 0, folders * 4096L);
    }

    private static async Task<string> InodeAsync(string path) => (await CommandLine.RunAsync("stat", "--format", "%d %i %Y", path)).Trim();
}
