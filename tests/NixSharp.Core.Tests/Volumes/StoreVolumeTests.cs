using NixSharp.Closures;
using NixSharp.Core.Tests.Files;
using NixSharp.Files;
using NixSharp.Stores;
using NixSharp.Volumes;
using Xunit;

namespace NixSharp.Core.Tests.Volumes;

public sealed class StoreVolumeTests : IAsyncLifetime
{
    private VolumeFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await VolumeFixture.CreateAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task A_volume_holds_exactly_the_closure_and_leads_to_its_root()
    {
        var other = await _fixture.Store.AddTextAsync("other", "not in the closure");
        var volume = await StoreVolume.CreateAsync(_fixture.Closure, _fixture["volumes/one"]);

        Assert.Equal([_fixture.Text], volume.Roots);
        Assert.Equal(new[] { _fixture.Tree.BaseName, _fixture.Text.BaseName }.Order(StringComparer.Ordinal), _fixture.NamesIn("volumes/one/nix/store"));
        Assert.Equal(_fixture.Text.ToString(), new FileInfo(_fixture["volumes/one/nix/var/result"]).LinkTarget);
        Assert.Equal(_fixture.Text.ToString(), new FileInfo(_fixture["volumes/one/nix/var/nix/gcroots/result"]).LinkTarget);
        foreach (var info in _fixture.Closure.Paths)
        {
            Assert.Equal(TreeRecorder.Record(_fixture.Store.GetRealPath(info.Path)), TreeRecorder.Record(volume.Layout.RealPathOf(info.Path)));
        }

        await using var opened = LocalStore.Open(volume.Path);
        Assert.Equal(_fixture.Closure.Paths.Select(static info => info.Path).Order(), await opened.ListAsync());
        Assert.Null(await opened.QueryPathInfoAsync(other));
        Assert.Equal([_fixture.Tree], (await opened.QueryPathInfoAsync(_fixture.Text))!.References);
        Assert.Equal(["one"], _fixture.NamesIn("volumes"));
    }

    [Fact]
    public async Task Files_are_the_store_s_own_and_folders_have_its_modes_and_times()
    {
        var volume = await StoreVolume.CreateAsync(_fixture.Closure, _fixture["volume"]);
        Assert.Equal(
            new VolumeReport { LinkedFiles = 4, Symlinks = 1, Folders = 4 },
            volume.Report);
        var tree = volume.Layout.RealPathOf(_fixture.Tree);
        var statistics = await volume.GetStatisticsAsync();
        Assert.Equal(5, statistics.SharedInodes);
        foreach (var folder in new[] { tree, $"{tree}/sub", $"{tree}/sub/deeper", $"{tree}/empty" })
        {
            Assert.Equal((UnixFileMode)0x16d, File.GetUnixFileMode(folder));
            Assert.Equal(DateTime.UnixEpoch.AddSeconds(1), Directory.GetLastWriteTimeUtc(folder));
        }
    }

    [Fact]
    public async Task Statistics_tell_what_deleting_the_volume_would_free()
    {
        var first = await StoreVolume.CreateAsync(_fixture.Closure, _fixture["first"], new VolumeOptions { AddGcRoot = false });
        var before = await first.GetStatisticsAsync();
        File.WriteAllBytes(_fixture["first/nix/var/extra"], new byte[100_000]);
        var after = await first.GetStatisticsAsync();
        Assert.Equal(before.UniqueInodes + 1, after.UniqueInodes);
        Assert.InRange(after.UniqueBytes - before.UniqueBytes, 100_000, 200_000);
        Assert.Equal((before.SharedInodes, before.SharedBytes), (after.SharedInodes, after.SharedBytes));

        // Once the store's own names are gone, the volume's are the last.
        FileTree.Delete(_fixture["host/nix/store"]);
        var alone = await first.GetStatisticsAsync();
        Assert.Equal(0, alone.SharedInodes);
        Assert.Equal(after.Inodes, alone.UniqueInodes);
        Assert.Equal(after.Bytes, alone.UniqueBytes);
    }

    [Fact]
    public async Task The_same_volume_again_is_reused_and_another_closure_is_refused()
    {
        await StoreVolume.CreateAsync(_fixture.Closure, _fixture["volume"]);
        var again = await StoreVolume.CreateAsync(_fixture.Closure, _fixture["volume"]);
        Assert.Equal(new VolumeReport { IsReused = true }, again.Report);

        var before = TreeRecorder.Record(_fixture["volume"]);
        var other = await _fixture.Store.GetClosureAsync(_fixture.Tree);
        var error = await Assert.ThrowsAsync<VolumeException>(() => StoreVolume.CreateAsync(other, _fixture["volume"]));
        Assert.Equal(NixErrorCodes.VolumeOfOtherClosure, error.Code);
        Assert.Contains(_fixture.Text.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Equal(before, TreeRecorder.Record(_fixture["volume"]));
    }

    [Fact]
    public async Task Several_roots_get_a_link_each()
    {
        var closure = await _fixture.Store.GetClosureAsync([_fixture.Tree, _fixture.Text]);
        var volume = await StoreVolume.CreateAsync(closure, _fixture["volume"]);
        Assert.Equal(closure.Roots[0].ToString(), new FileInfo(_fixture["volume/nix/var/result"]).LinkTarget);
        Assert.Equal(closure.Roots[1].ToString(), new FileInfo(_fixture["volume/nix/var/nix/gcroots/result-1"]).LinkTarget);
        Assert.Equal(closure.Roots, (await StoreVolume.OpenAsync(_fixture["volume"])).Roots);
        Assert.Equal(closure.Roots, volume.Roots);
    }

    [Fact]
    public async Task A_folder_file_or_symlink_that_is_no_volume_is_refused_and_left_alone()
    {
        _fixture.Folder.Write("folder/precious", "stays");
        _fixture.Folder.Write("file", "stays");
        Directory.CreateDirectory(_fixture["empty"]);
        File.CreateSymbolicLink(_fixture["symlink"], "folder");
        foreach (var name in new[] { "folder", "file", "empty", "symlink" })
        {
            var error = await Assert.ThrowsAsync<VolumeException>(() => StoreVolume.CreateAsync(_fixture.Closure, _fixture[name]));
            Assert.Equal(NixErrorCodes.NotAVolume, error.Code);
            Assert.Equal(NixErrorCodes.NotAVolume, (await Assert.ThrowsAsync<VolumeException>(() => StoreVolume.OpenAsync(_fixture[name]))).Code);
        }

        Assert.Equal("stays", File.ReadAllText(_fixture["folder/precious"]));
        Assert.Equal("stays", File.ReadAllText(_fixture["file"]));
        Assert.Equal(["empty", "file", "folder", "host", "src", "symlink"], _fixture.NamesIn("."));
    }

    [Fact]
    public async Task A_path_where_there_can_be_no_volume_is_refused()
    {
        _fixture.Folder.Write("file", "");
        foreach (var path in new[] { "/", _fixture["file/volume"], _fixture["a\0b"], _fixture[new string('n', 201)] })
        {
            var error = await Assert.ThrowsAsync<VolumeException>(() => StoreVolume.CreateAsync(_fixture.Closure, path));
            Assert.Equal(NixErrorCodes.InvalidVolumePath, error.Code);
        }
    }

    [Fact]
    public async Task Volumes_made_at_once_at_one_place_are_made_once()
    {
        var volumes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => StoreVolume.CreateAsync(_fixture.Closure, _fixture["volumes/one"])));
        Assert.Single(volumes, static volume => !volume.Report!.IsReused);
        Assert.Equal(["one"], _fixture.NamesIn("volumes"));
    }

    [Fact]
    public async Task What_a_killed_creation_left_is_removed_and_what_a_living_one_makes_is_not()
    {
        foreach (var name in new[] { "mine", "dead", "living" })
        {
            _fixture.Folder.Write($"volumes/.{name}.tmp-0123abcd/nix/store/half", "");
            _fixture.Folder.Write($"volumes/.{name}.volume-lock", "");
        }

        _fixture.Folder.Write("volumes/.unrelated.tmp-0123abcd/file", "no lock stands beside it");
        _fixture.Folder.Write("volumes/.mine.tmp-notours/file", "no name of ours");
        using (FileLock.TryAcquire(_fixture["volumes/.living.volume-lock"], FileLockMode.Exclusive))
        {
            await StoreVolume.CreateAsync(_fixture.Closure, _fixture["volumes/mine"]);
        }

        Assert.Equal(
            [".living.tmp-0123abcd", ".living.volume-lock", ".mine.tmp-notours", ".unrelated.tmp-0123abcd", "mine"],
            _fixture.NamesIn("volumes"));
    }

    [Fact]
    public async Task Cancelling_leaves_nothing_behind()
    {
        using var cancelled = new CancellationTokenSource();
        var options = new VolumeOptions { Progress = new Callback(cancelled.Cancel) };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => StoreVolume.CreateAsync(_fixture.Closure, _fixture["volumes/one"], options, cancelled.Token));
        Assert.Empty(_fixture.NamesIn("volumes"));
    }

    [Fact]
    public async Task A_store_path_whose_files_are_gone_is_an_error_and_leaves_nothing_behind()
    {
        FileTree.Delete(_fixture.Store.GetRealPath(_fixture.Tree));
        var error = await Assert.ThrowsAsync<VolumeException>(() => StoreVolume.CreateAsync(_fixture.Closure, _fixture["volumes/one"]));
        Assert.Equal(NixErrorCodes.VolumeFailed, error.Code);
        Assert.Contains(_fixture.Store.GetRealPath(_fixture.Tree), error.Message, StringComparison.Ordinal);
        Assert.Empty(_fixture.NamesIn("volumes"));
    }

    [Fact]
    public async Task Deleting_takes_the_volume_and_leaves_the_store()
    {
        var volume = await StoreVolume.CreateAsync(_fixture.Closure, _fixture["volumes/one"]);
        var before = TreeRecorder.Record(_fixture["host/nix/store"]);
        await volume.DeleteAsync();
        Assert.Empty(_fixture.NamesIn("volumes"));
        Assert.Equal(before, TreeRecorder.Record(_fixture["host/nix/store"]));
        Assert.Equal(NixErrorCodes.NotAVolume, (await Assert.ThrowsAsync<VolumeException>(() => volume.DeleteAsync())).Code);
        Assert.Equal(NixErrorCodes.NotAVolume, (await Assert.ThrowsAsync<VolumeException>(() => volume.GetStatisticsAsync())).Code);
    }

    [Fact]
    public async Task A_volume_keeps_its_closure_from_being_deleted_until_it_is_gone()
    {
        var volume = await StoreVolume.CreateAsync(_fixture.Closure, _fixture["volume"]);
        var error = await Assert.ThrowsAsync<NixStoreException>(() => _fixture.Store.DeleteAsync(_fixture.Text));
        Assert.Equal(NixErrorCodes.PathInUse, error.Code);
        await volume.DeleteAsync();
        await _fixture.Store.DeleteAsync(_fixture.Text);
        Assert.Equal([_fixture.Tree], await _fixture.Store.ListAsync());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"version\": 2, \"storeDir\": \"/nix/store\", \"kind\": \"hard-links\", \"labels\": {}, \"roots\": []}")]
    [InlineData("{\"version\": \"x\"}")]
    [InlineData("{\"version\": 1, \"storeDir\": \"relative\", \"roots\": []}")]
    [InlineData("{\"version\": 1, \"storeDir\": \"/nix/store\"}")]
    [InlineData("{\"version\": 1, \"storeDir\": \"/nix/store\", \"kind\": \"hard-links\", \"labels\": {}, \"roots\": [\"../../etc\"]}")]
    public async Task A_description_that_is_not_understood_is_an_error(string json)
    {
        _fixture.Folder.Write("volume/nix/var/nixsharp/volume.json", json);
        var error = await Assert.ThrowsAsync<VolumeException>(() => StoreVolume.OpenAsync(_fixture["volume"]));
        Assert.Equal(NixErrorCodes.VolumeDamaged, error.Code);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task Any_number_of_threads_links_a_large_tree_completely(int threads)
    {
        for (var folder = 0; folder < 60; folder++)
        {
            for (var file = 0; file < 10; file++)
            {
                _fixture.Folder.Write($"src/large/{folder % 7}/{folder}/{file}", $"{folder} {file}");
            }
        }

        var large = await _fixture.Store.AddAsync(_fixture["src/large"]);
        var volume = await StoreVolume.CreateAsync(
            await _fixture.Store.GetClosureAsync(large),
            _fixture["volume"],
            new VolumeOptions { Parallelism = threads });
        Assert.Equal(600, volume.Report!.LinkedFiles);
        Assert.Equal(68, volume.Report.Folders);
        Assert.Equal(TreeRecorder.Record(_fixture.Store.GetRealPath(large)), TreeRecorder.Record(volume.Layout.RealPathOf(large)));
    }

    [Fact]
    public async Task Without_the_system_s_links_a_volume_is_an_equal_copy()
    {
        var volume = await StoreVolume.CreateAsync(_fixture.Closure, _fixture["volume"], new VolumeOptions { UseManagedCalls = true });
        Assert.Equal(new VolumeReport { CopiedFiles = 4, CopiedBytes = 31 + new FileInfo(_fixture.Store.GetRealPath(_fixture.Text)).Length, Symlinks = 1, Folders = 4 }, volume.Report);
        foreach (var info in _fixture.Closure.Paths)
        {
            Assert.Equal(TreeRecorder.Record(_fixture.Store.GetRealPath(info.Path)), TreeRecorder.Record(volume.Layout.RealPathOf(info.Path)));
        }

        Assert.Equal((await volume.GetStatisticsAsync()).Inodes, VolumeCensus.Estimate(volume.Path).Inodes);
    }

    private sealed class Callback(Action action) : IProgress<NixProgress>
    {
        public void Report(NixProgress value) => action();
    }
}
