using NixSharp.Closures;
using NixSharp.Stores;
using NixSharp.Testing;
using NixSharp.Volumes;
using Xunit;

namespace NixSharp.Integration.Tests.Volumes;

/// <summary>What keeps a volume's closure in the store that it comes from, and a pool whose disk is full.</summary>
public sealed class PoolLeaseTests : IAsyncLifetime
{
    private PoolFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await PoolFixture.CreateAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [RequiresTheory("nix-store")]
    [InlineData(VolumeKind.HardLinks)]
    [InlineData(VolumeKind.BindView)]
    public async Task Nix_collects_the_closure_only_when_the_lease_has_ended(VolumeKind kind)
    {
        await _fixture.CloseStoreAsync();
        await using (var store = LocalStore.Open(_fixture["host"]))
        {
            var pool = await VolumePool.OpenAsync(_fixture["pool"], store, new VolumePoolOptions { LeaseGrace = TimeSpan.Zero });
            await pool.CreateAsync(PoolFixture.One, await store.GetClosureAsync(_fixture.App), new VolumeOptions { Kind = kind });

            // The store is open still: nothing but the lease may keep the closure, and nothing else than it.
            await RealNix.RunAsync(_fixture["host"], "nix-store", "--gc");
            Assert.True(await IsValidAsync());
            Assert.Contains(_fixture["pool/leases"], await RealNix.RunAsync(_fixture["host"], "nix-store", "--gc", "--print-roots"), StringComparison.Ordinal);

            await pool.DeleteAsync(PoolFixture.One);
            await RealNix.RunAsync(_fixture["host"], "nix-store", "--gc");
            Assert.True(await IsValidAsync());

            Assert.Equal(1, await pool.CollectLeasesAsync());
            await RealNix.RunAsync(_fixture["host"], "nix-store", "--gc");
            Assert.False(await IsValidAsync());
        }
    }

    [RequiresFact("nix-daemon", "nix-store")]
    public async Task A_volume_of_a_daemon_s_store_is_kept_by_the_daemon()
    {
        await _fixture.CloseStoreAsync();
        await using var daemon = await NixDaemon.StartAsync(NixRelease.Machine, _fixture["host"]);
        await using var store = await NixStore.OpenAsync(daemon.Uri);
        var pool = await VolumePool.OpenAsync(_fixture["pool"], store, new VolumePoolOptions { LeaseGrace = TimeSpan.Zero });
        var volume = await pool.CreateAsync(PoolFixture.One, await store.GetClosureAsync(_fixture.App));
        Assert.True(volume.Report!.LinkedFiles > 0);
        Assert.Contains(await store.Require<IStoreRoots>("list roots").FindRootsAsync(), root => root.Path == _fixture.App && root.Source.StartsWith(_fixture["pool/leases"], StringComparison.Ordinal));
        await pool.DeleteAsync(PoolFixture.One);
        Assert.Equal(1, await pool.CollectLeasesAsync());
        Assert.DoesNotContain(await store.Require<IStoreRoots>("list roots").FindRootsAsync(), root => root.Source.StartsWith(_fixture["pool/leases"], StringComparison.Ordinal));
    }

    [RequiresFact(Requirements.Root, "mount")]
    public async Task Where_a_pool_s_disk_is_full_nothing_is_left_and_it_goes_on_when_there_is_room()
    {
        Directory.CreateDirectory(_fixture["small"]);
        await CommandLine.RunAsync("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", _fixture["small"]);
        var pool = await VolumePool.OpenAsync(_fixture["small/pool"], _fixture.Store);
        var error = await Assert.ThrowsAsync<VolumeException>(() => pool.CreateAsync(PoolFixture.One, _fixture.Closure));
        Assert.Equal(NixErrorCodes.VolumeOutOfSpace, error.Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_fixture["small/pool/volumes"]));
        Assert.Empty(await pool.ListAsync());

        await CommandLine.RunAsync("mount", "-o", "remount,size=64m", _fixture["small"]);
        var volume = await pool.CreateAsync(PoolFixture.One, _fixture.Closure);
        Assert.True(volume.Report!.CopiedFiles > 0);
        (await pool.VerifyAsync(PoolFixture.One, new VolumeVerifyOptions { CheckContents = true })).RefuseIfDamaged();
        await pool.MountAsync(PoolFixture.One, _fixture["pod/nix"], PoolFixture.Writable);
        Assert.True(File.Exists(_fixture[$"pod/nix/store/{_fixture.App.BaseName}/bin/busybox"]));
    }

    private async Task<bool> IsValidAsync() =>
        (await RealNix.TryRunAsync(_fixture["host"], "nix-store", "--check-validity", _fixture.App.ToString())).ExitCode == 0;
}
