using NixSharp.Testing;
using NixSharp.Volumes;
using Xunit;

namespace NixSharp.Integration.Tests.Volumes;

public sealed class BindViewTests : IAsyncLifetime
{
    private PoolFixture _fixture = null!;

    private VolumePool Pool => _fixture.Pool;

    private string Target => _fixture["pod/nix"];

    public async Task InitializeAsync() => _fixture = await PoolFixture.CreateAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [RequiresFact(Requirements.Root, "mount", "chroot", "busybox")]
    public async Task A_program_runs_from_a_bind_view_with_the_store_s_own_files()
    {
        var volume = await Pool.CreateAsync(PoolFixture.One, _fixture.Closure, PoolFixture.BindView);
        Assert.Equal(new VolumeReport { BoundPaths = 3, Symlinks = 1 }, volume.Report);
        await Pool.MountAsync(PoolFixture.One, Target);
        Assert.Equal(
            "from the volume\n",
            await CommandLine.RunAsync("chroot", _fixture["pod"], $"{_fixture.App}/bin/busybox", "cat", _fixture.Closure.Paths.Single(static info => info.Path.Name == "alias").Path.ToString()));
        foreach (var info in _fixture.Closure.Paths)
        {
            Assert.True(NixSharp.Files.FileTree.Exists($"{Target}/store/{info.Path.BaseName}"));
        }

        Assert.Equal(await StatAsync(_fixture[$"host/nix/store/{_fixture.App.BaseName}"]), await StatAsync($"{Target}/store/{_fixture.App.BaseName}"));
        await Pool.UnmountAsync(Target);
        Assert.DoesNotContain(File.ReadLines("/proc/self/mountinfo"), line => line.Contains(_fixture.Folder.Path, StringComparison.Ordinal));
        Assert.True(await Pool.DeleteAsync(PoolFixture.One));
        Assert.True(File.Exists(_fixture[$"host/nix/store/{_fixture.App.BaseName}/bin/busybox"]));
    }

    [RequiresTheory(Requirements.Root, "mount", "sh")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_store_s_files_cannot_be_written_through_a_bind_view(bool readOnly)
    {
        await Pool.CreateAsync(PoolFixture.One, _fixture.Closure, PoolFixture.BindView);
        await Pool.MountAsync(PoolFixture.One, Target, new VolumeMountOptions { ReadOnly = readOnly });
        foreach (var path in new[] { _fixture.App.BaseName + "/new", _fixture.App.BaseName + "/bin/busybox", _fixture.Closure.Paths.Single(static info => info.Path.Name == "text").Path.BaseName })
        {
            var written = await CommandLine.TryRunAsync("sh", "-c", $"echo x > '{Target}/store/{path}'");
            Assert.Contains("Read-only", written.Error, StringComparison.Ordinal);
        }

        var added = await CommandLine.TryRunAsync("sh", "-c", $"echo x > '{Target}/store/new'");
        Assert.Equal(readOnly, added.ExitCode != 0);
        Assert.False(File.Exists(_fixture["host/nix/store/new"]));
    }

    [RequiresFact(Requirements.Root, "mount", "unshare", "sh")]
    public async Task Where_mounts_are_shared_nothing_appears_in_the_pool_or_the_store()
    {
        await Pool.CreateAsync(PoolFixture.One, _fixture.Closure, PoolFixture.BindView);
        await CommandLine.RunAsync("mount", "--bind", _fixture.Folder.Path, _fixture.Folder.Path);
        await CommandLine.RunAsync("mount", "--make-shared", _fixture.Folder.Path);
        await Pool.MountAsync(PoolFixture.One, Target);
        await Pool.MountAsync(PoolFixture.One, Target);
        Assert.Equal(1, PoolFixture.CountMounts(Target));
        Assert.DoesNotContain(File.ReadLines("/proc/self/mountinfo"), line => line.Split(' ')[4].StartsWith(_fixture["pool"], StringComparison.Ordinal));
        await Pool.UnmountAsync(Target);
        Assert.DoesNotContain(File.ReadLines("/proc/self/mountinfo"), line => line.Split(' ')[4].StartsWith(_fixture["pod"], StringComparison.Ordinal));
        await CommandLine.RunAsync("umount", _fixture.Folder.Path);
    }

    [RequiresFact(Requirements.Root, "mount")]
    public async Task A_view_that_lost_a_store_path_is_mounted_anew()
    {
        await Pool.CreateAsync(PoolFixture.One, _fixture.Closure, PoolFixture.BindView);
        await Pool.MountAsync(PoolFixture.One, Target);
        await CommandLine.RunAsync("umount", $"{Target}/store/{_fixture.App.BaseName}");
        Assert.Equal(VolumeMountState.Stale, Pool.FindMount(Target)!.State);
        Assert.False((await Pool.MountAsync(PoolFixture.One, Target)).IsReused);
        Assert.True(File.Exists($"{Target}/store/{_fixture.App.BaseName}/bin/busybox"));
        Assert.Equal(1, PoolFixture.CountMounts(Target));
    }

    private static async Task<string> StatAsync(string path) => (await CommandLine.RunAsync("stat", "--format", "%d %i %Y %a", path)).Trim();
}
