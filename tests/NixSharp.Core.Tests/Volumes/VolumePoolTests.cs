using NixSharp.Closures;
using NixSharp.Core.Tests.Files;
using NixSharp.Files;
using NixSharp.Volumes;
using Xunit;

namespace NixSharp.Core.Tests.Volumes;

public sealed class VolumePoolTests : IAsyncLifetime
{
    private static readonly VolumeName One = VolumeName.Parse("one");

    private readonly Clock _clock = new();
    private VolumeFixture _fixture = null!;
    private VolumePool _pool = null!;

    public async Task InitializeAsync()
    {
        _fixture = await VolumeFixture.CreateAsync();
        _pool = await OpenAsync();
    }

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task A_volume_is_made_once_found_listed_and_deleted()
    {
        var labels = new Dictionary<string, string> { ["pod"] = "default/web" };
        var made = await _pool.CreateAsync(One, _fixture.Closure, new VolumeOptions { Labels = labels });
        Assert.Equal(4, made.Report!.LinkedFiles);
        Assert.Equal([_fixture.Text], made.Roots);
        Assert.Equal(2, made.StorePaths);
        Assert.Equal(_fixture.Closure.NarSize, made.NarSize);
        Assert.True((await _pool.CreateAsync(One, _fixture.Closure)).Report!.IsReused);

        var found = await _pool.FindAsync(One);
        Assert.Equal(labels, found!.Labels);
        Assert.Equal(made.Created.ToUnixTimeSeconds(), found.Created.ToUnixTimeSeconds());
        Assert.Equal(found.Path, Assert.Single(await _pool.ListAsync()).Path);
        Assert.True(Directory.Exists(Path.Combine(found.Path, "nix", "store", _fixture.Tree.BaseName)));
        Assert.Equal(5, (await _pool.GetStatisticsAsync(One)).SharedInodes);

        Assert.True(await _pool.DeleteAsync(One));
        Assert.False(await _pool.DeleteAsync(One));
        Assert.Null(await _pool.FindAsync(One));
        Assert.Empty(_fixture.NamesIn("pool/volumes"));
    }

    [Fact]
    public async Task Another_closure_or_kind_under_the_same_name_is_refused_and_gets_no_lease()
    {
        await _pool.CreateAsync(One, _fixture.Closure);
        var other = await _fixture.Store.GetClosureAsync(_fixture.Tree);
        Assert.Equal(NixErrorCodes.VolumeOfOtherClosure, (await Assert.ThrowsAsync<VolumeException>(() => _pool.CreateAsync(One, other))).Code);
        var view = new VolumeOptions { Kind = VolumeKind.BindView };
        Assert.Equal(NixErrorCodes.VolumeOfOtherClosure, (await Assert.ThrowsAsync<VolumeException>(() => _pool.CreateAsync(One, _fixture.Closure, view))).Code);
        Assert.Equal([_fixture.Text], Assert.Single(await _pool.ListLeasesAsync()).Roots);
    }

    [Fact]
    public async Task A_closure_is_kept_until_its_volume_is_gone_and_the_grace_time_over()
    {
        await _pool.CreateAsync(One, _fixture.Closure);
        await _pool.CreateAsync(One, _fixture.Closure);
        Assert.Equal(_clock.Now, Assert.Single(await _pool.ListLeasesAsync()).Held);
        _clock.Now += TimeSpan.FromDays(30);
        Assert.Equal(0, await _pool.CollectLeasesAsync());
        await AssertIsKeptAsync();

        await _pool.DeleteAsync(One);
        _clock.Now += TimeSpan.FromSeconds(599);
        Assert.Equal(0, await _pool.CollectLeasesAsync());
        await AssertIsKeptAsync();

        _clock.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(1, await _pool.CollectLeasesAsync());
        Assert.Empty(_fixture.NamesIn("pool/leases"));
        await _fixture.Store.DeleteAsync(_fixture.Text);
    }

    [Fact]
    public async Task A_volume_made_again_within_the_grace_time_has_a_lease_of_its_own()
    {
        await _pool.CreateAsync(One, _fixture.Closure);
        await _pool.DeleteAsync(One);
        await _pool.CreateAsync(One, await _fixture.Store.GetClosureAsync(_fixture.Tree));
        Assert.Equal(2, (await _pool.ListLeasesAsync()).Count);
        _clock.Now += TimeSpan.FromDays(1);
        Assert.Equal(1, await _pool.CollectLeasesAsync());
        Assert.Equal([_fixture.Tree], Assert.Single(await _pool.ListLeasesAsync()).Roots);
    }

    [Fact]
    public async Task The_lease_is_held_before_the_first_link_and_given_up_where_nothing_came_of_it()
    {
        FileTree.Delete(_fixture.Store.GetRealPath(_fixture.Tree));
        await Assert.ThrowsAsync<VolumeException>(() => _pool.CreateAsync(One, _fixture.Closure));
        Assert.Equal(_clock.Now, Assert.Single(await _pool.ListLeasesAsync()).Released);
    }

    [Fact]
    public async Task Opening_removes_what_killed_processes_left_and_keeps_the_rest()
    {
        await _pool.CreateAsync(One, _fixture.Closure);
        foreach (var name in new[] { "dead", "living" })
        {
            _fixture.Folder.Write($"pool/volumes/.{name}.tmp-0123abcd/nix/store/half", "");
            _fixture.Folder.Write($"pool/volumes/.{name}.volume-lock", "");
        }

        _fixture.Folder.Write($"pool/mounts/{new string('a', 32)}/layer/fs/upper/file", "");
        _fixture.Folder.Write($"pool/mounts/{new string('a', 32)}.lock", "");
        _fixture.Folder.Write($"pool/mounts/{new string('b', 32)}/mount.json", "{ half");
        using (FileLock.TryAcquire(_fixture["pool/volumes/.living.volume-lock"], FileLockMode.Exclusive))
        {
            await OpenAsync();
        }

        Assert.Equal([".living.tmp-0123abcd", ".living.volume-lock", "one"], _fixture.NamesIn("pool/volumes"));
        Assert.Empty(_fixture.NamesIn("pool/mounts"));
    }

    [Fact]
    public async Task A_folder_with_other_files_is_no_pool_and_left_alone()
    {
        _fixture.Folder.Write("other/precious", "stays");
        var before = TreeRecorder.Record(_fixture["other"]);
        var error = await Assert.ThrowsAsync<VolumeException>(() => VolumePool.OpenAsync(_fixture["other"], _fixture.Store));
        Assert.Equal(NixErrorCodes.InvalidVolumePool, error.Code);
        Assert.Contains("precious", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, TreeRecorder.Record(_fixture["other"]));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"version\": 2, \"storeDir\": \"/nix/store\"}")]
    [InlineData("{\"version\": 1, \"storeDir\": \"/gnu/store\"}")]
    [InlineData("[]")]
    public async Task A_pool_that_is_not_understood_or_of_another_store_is_refused(string description)
    {
        _fixture.Folder.Write("pool/pool.json", description);
        var error = await Assert.ThrowsAsync<VolumeException>(OpenAsync);
        Assert.Equal(NixErrorCodes.InvalidVolumePool, error.Code);
    }

    [Fact]
    public async Task A_damaged_volume_is_listed_with_its_problem_and_can_be_deleted()
    {
        await _pool.CreateAsync(One, _fixture.Closure);
        _fixture.Folder.Write("pool/volumes/one/nix/var/nixsharp/volume.json", "{");
        Assert.NotNull(Assert.Single(await _pool.ListAsync()).Problem);
        Assert.Equal(NixErrorCodes.VolumeDamaged, (await Assert.ThrowsAsync<VolumeException>(() => _pool.CreateAsync(One, _fixture.Closure))).Code);
        Assert.True(await _pool.DeleteAsync(One));
        Assert.Empty(await _pool.ListAsync());
    }

    [Theory]
    [InlineData(VolumeKind.HardLinks)]
    [InlineData(VolumeKind.BindView)]
    public async Task Verification_finds_what_is_cut_off_or_missing_and_with_contents_what_was_changed(VolumeKind kind)
    {
        var volume = await _pool.CreateAsync(One, _fixture.Closure, new VolumeOptions { Kind = kind });
        var contents = new VolumeVerifyOptions { CheckContents = true };
        Assert.True((await _pool.VerifyAsync(One)).IsSound);
        Assert.True((await _pool.VerifyAsync(One, contents)).IsSound);

        var file = Path.Combine(kind == VolumeKind.HardLinks ? volume.Path : _fixture["host"], "nix/store", _fixture.Tree.BaseName, "sub/file");
        VolumeFixture.Replace(file, "CONTENTS");
        Assert.True((await _pool.VerifyAsync(One)).IsSound);
        Assert.Contains("changed", Assert.Single((await _pool.VerifyAsync(One, contents)).Problems).Description, StringComparison.Ordinal);

        VolumeFixture.Replace(file, "");
        Assert.Equal(_fixture.Tree, Assert.Single((await _pool.VerifyAsync(One)).Problems).Path);
        FileTree.Delete(Path.Combine(volume.Path, "nix/store", _fixture.Text.BaseName));
        Assert.Equal(2, (await _pool.VerifyAsync(One)).Problems.Count);
    }

    [Fact]
    public async Task A_bind_view_takes_no_file_and_counts_the_store_s_as_shared()
    {
        var volume = await _pool.CreateAsync(One, _fixture.Closure, new VolumeOptions { Kind = VolumeKind.BindView });
        Assert.Equal(2, volume.Report!.BoundPaths);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(volume.Path, "nix/store", _fixture.Tree.BaseName)));
        var linked = VolumeName.Parse("linked");
        await _pool.CreateAsync(linked, _fixture.Closure);
        var statistics = await _pool.GetStatisticsAsync(One);
        Assert.Equal((await _pool.GetStatisticsAsync(linked)).SharedInodes + 4, statistics.SharedInodes);
    }

    [Fact]
    public async Task A_name_that_was_never_read_names_no_volume()
    {
        await _pool.CreateAsync(One, _fixture.Closure);
        Assert.Equal(NixErrorCodes.InvalidVolumeName, (await Assert.ThrowsAsync<VolumeException>(() => _pool.DeleteAsync(default))).Code);
        Assert.Single(await _pool.ListAsync());
    }

    [Fact]
    public async Task Many_volumes_made_at_once_are_each_made_once()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 20).Select(number =>
            _pool.CreateAsync(VolumeName.Parse($"v{number % 5}"), _fixture.Closure, new VolumeOptions { Sync = false })));
        Assert.Equal(5, made.Count(static volume => !volume.Report!.IsReused));
        Assert.Equal(5, (await _pool.ListAsync()).Count);
        Assert.Equal(5, (await _pool.ListLeasesAsync()).Count);
    }

    private async Task<VolumePool> OpenAsync() =>
        await VolumePool.OpenAsync(_fixture["pool"], _fixture.Store, new VolumePoolOptions { Time = _clock });

    private async Task AssertIsKeptAsync()
    {
        var error = await Assert.ThrowsAsync<NixStoreException>(() => _fixture.Store.DeleteAsync(_fixture.Text));
        Assert.Equal(NixErrorCodes.PathInUse, error.Code);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.FromUnixTimeSeconds(2_000_000_000);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
