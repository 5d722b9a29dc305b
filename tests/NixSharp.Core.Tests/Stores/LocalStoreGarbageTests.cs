using NixSharp.Derivations;
using NixSharp.Files;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Garbage;
using Xunit;

namespace NixSharp.Core.Tests.Stores;

public sealed class LocalStoreGarbageTests : StoreFixture
{
    [Fact]
    public async Task What_no_root_needs_goes_and_what_one_needs_stays()
    {
        var (_, kept, dropped) = await MakeAsync();
        await using var store = OpenStore();
        var result = await store.CollectGarbageAsync();
        Assert.Equal(dropped, result.Paths);
        Assert.InRange(result.BytesFreed, 1, long.MaxValue);
        Assert.Equal(kept, await store.ListAsync());
        Assert.Equal(kept.Select(static path => path.BaseName), NamesIn(store));
        Assert.Empty((await store.CollectGarbageAsync()).Paths);
    }

    [Fact]
    public async Task A_dry_run_foretells_all_and_deletes_nothing()
    {
        var (all, _, dropped) = await MakeAsync();
        await using var store = OpenStore();
        var before = Snapshot(store.Layout.RealStore);
        var foretold = await store.CollectGarbageAsync(new GarbageOptions { DryRun = true });
        Assert.Equal(dropped, foretold.Paths);
        Assert.Equal(all, await store.ListAsync());
        Assert.Equal(before, Snapshot(store.Layout.RealStore));
        Assert.Equal(foretold.BytesFreed, (await store.CollectGarbageAsync()).BytesFreed);
    }

    [Fact]
    public async Task A_limit_ends_the_collection_early()
    {
        var (all, _, dropped) = await MakeAsync();
        await using var store = OpenStore();
        var result = await store.CollectGarbageAsync(new GarbageOptions { MaxFreed = 1 });
        Assert.Single(result.Paths);
        Assert.Equal(all.Except(result.Paths), await store.ListAsync());
        Assert.Equal(dropped.Except(result.Paths), (await store.CollectGarbageAsync()).Paths);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Derivations_and_their_outputs_stay_as_the_options_say(bool keepOutputs, bool keepDerivations)
    {
        StorePath derivation, output, other, root;
        await using (var store = OpenStore())
        {
            var made = DerivationOutputs.Fill(
                new Derivation { Name = "made", Outputs = new Dictionary<string, DerivationOutput> { ["out"] = new DerivationOutput.Deferred() }, Environment = new Dictionary<string, string> { ["out"] = "" }, System = "x", Builder = "/bin/sh" },
                new DerivationHashes());
            derivation = await store.AddTextAsync("made.drv", System.Text.Encoding.UTF8.GetString(made.ToAterm()));
            output = made.GetOutputPath("out")!.Value;
            other = await store.AddTextAsync("other", "x");
            var info = await store.GetPathInfoAsync(other) with { Path = output, Deriver = derivation, ContentAddress = null };
            using var nar = new MemoryStream();
            await store.ReadNarAsync(other, nar);
            await store.AddNarAsync(info, new MemoryStream(nar.ToArray()), new AddNarOptions { CheckSignatures = false });
            root = keepOutputs ? derivation : output;
            await store.AddRootAsync(Folder["root"], root);
        }

        await using var after = OpenStore();
        await after.CollectGarbageAsync(new GarbageOptions { KeepOutputs = keepOutputs, KeepDerivations = keepDerivations });
        Assert.Equal((keepOutputs || keepDerivations ? (StorePath[])[derivation, output] : [output]).Order(), await after.ListAsync());
    }

    [Fact]
    public async Task What_processes_left_behind_goes_too()
    {
        var (_, kept, _) = await MakeAsync();
        await using var store = OpenStore();
        Directory.CreateDirectory(Path.Combine(store.Layout.RealStore, Stranger.BaseName, "folder"));
        Directory.CreateDirectory(Path.Combine(store.Layout.RealStore, ".gc-left"));
        File.WriteAllText(Path.Combine(store.Layout.RealStore, $"{kept[0].BaseName}.lock"), "");
        File.WriteAllText(Path.Combine(store.Layout.TemporaryRoots, "999999"), $"{Stranger}\0");
        File.WriteAllText(Path.Combine(store.Layout.RealStore, ".links", "unused"), "x");
        Directory.CreateDirectory(Path.Combine(store.Layout.GcRoots, "auto"));
        File.CreateSymbolicLink(Path.Combine(store.Layout.GcRoots, "auto", "stale"), Folder["nowhere"]);

        Assert.Contains(Stranger, (await store.CollectGarbageAsync()).Paths);
        Assert.Equal(kept.Select(static path => path.BaseName), NamesIn(store));
        Assert.Empty(Directory.EnumerateFiles(store.Layout.TemporaryRoots));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(store.Layout.RealStore, ".links")));
        Assert.Single(Directory.EnumerateFileSystemEntries(Path.Combine(store.Layout.GcRoots, "auto")));
    }

    [Fact]
    public async Task What_somebody_is_about_to_make_valid_stays()
    {
        await using var store = OpenStore();
        await using var other = OpenStore();
        await other.AddTemporaryRootAsync(Stranger);
        var chroot = Directory.CreateDirectory(store.GetRealPath(Stranger) + ".drv.chroot");
        File.WriteAllText(store.GetRealPath(Stranger), "half written");
        var locked = Path.Combine(store.Layout.RealStore, $"{new string('r', 32)}-locked.lock");
        using (FileLock.TryAcquire(locked, FileLockMode.Exclusive))
        {
            Assert.Empty((await store.CollectGarbageAsync()).Paths);
            Assert.True(chroot.Exists);
            Assert.True(File.Exists(store.GetRealPath(Stranger)));
            Assert.True(File.Exists(locked));
        }
    }

    [Fact]
    public async Task Who_adds_while_a_collection_runs_need_not_wait_for_its_end()
    {
        await using var store = OpenStore();
        await using var other = OpenStore();
        var layout = store.Layout;
        using var collector = await CollectorLock.AcquireAsync(layout, CancellationToken.None);
        var path = await other.AddTextAsync("text", "hello");
        Assert.True(collector.IsKept(path.HashPart));
        Assert.Equal([path], await store.ListAsync());
    }

    [Fact]
    public async Task Who_wants_what_is_being_deleted_waits_until_it_is_gone()
    {
        await using var store = OpenStore();
        using var collector = await CollectorLock.AcquireAsync(store.Layout, CancellationToken.None);
        Assert.Equal([Stranger], collector.BeginDeleting(static _ => [Stranger]));
        var wanting = store.AddTemporaryRootAsync(Stranger);
        Assert.NotSame(wanting, await Task.WhenAny(wanting, Task.Delay(100)));
        collector.EndDeleting();
        await wanting;
        collector.BeginDeleting(arrived =>
        {
            Assert.Equal([Stranger], arrived);
            return [];
        });
    }

    [Fact]
    public async Task What_comes_to_be_wanted_during_a_collection_stays_with_all_that_it_needs()
    {
        var (_, kept, dropped) = await MakeAsync();
        await using var store = OpenStore();
        var wanted = (await store.QueryPathInfosAsync(dropped)).Values.First(static info => info.Path.Name == "user");
        await using var other = OpenStore();
        Task? wanting = null;
        var bystanders = dropped.Where(path => path != wanted.Path && !wanted.References.Contains(path)).ToList();
        var result = await store.CollectGarbageAsync(new GarbageOptions
        {
            // Goes path by path, so that the first report comes in the middle.
            MaxFreed = long.MaxValue,
            Progress = new Callback(() => wanting ??= other.AddTemporaryRootAsync(wanted.Path)),
        });
        await wanting!;
        var left = await store.ListAsync();
        Assert.Equal(kept.Concat(dropped).Except(result.Paths).Order(), left);
        Assert.True(result.Paths.Contains(wanted.Path) || wanted.References.All(left.Contains));
        Assert.All(left, path => Assert.True(FileTree.Exists(store.GetRealPath(path))));
        Assert.All(bystanders, path => Assert.Contains(path, result.Paths));
    }

    [Fact]
    public async Task A_collection_that_was_stopped_is_finished_by_the_next_one()
    {
        var (_, kept, dropped) = await MakeAsync();
        await using var store = OpenStore();
        using var stop = new CancellationTokenSource();
        var options = new GarbageOptions { MaxFreed = long.MaxValue, Progress = new Callback(stop.Cancel) };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.CollectGarbageAsync(options, stop.Token));
        Assert.Equal(kept.Count + dropped.Count - 1, (await store.ListAsync()).Count);
        await store.CollectGarbageAsync();
        Assert.Equal(kept, await store.ListAsync());
        Assert.Equal(kept.Select(static path => path.BaseName), NamesIn(store));
    }

    [Fact]
    public async Task Files_that_are_linked_count_once_their_last_name_goes()
    {
        StorePath path;
        await using (var store = OpenStore())
        {
            Folder.Write("in/one", new string('x', 100_000));
            Folder.Write("in/two", new string('x', 100_000));
            path = await store.AddAsync(Folder["in"]);
            await store.OptimiseAsync();
        }

        await using var after = OpenStore();
        var foretold = await after.CollectGarbageAsync(new GarbageOptions { DryRun = true });
        var result = await after.CollectGarbageAsync();
        Assert.Equal([path], result.Paths);
        Assert.InRange(result.BytesFreed, 100_000, 150_000);
        Assert.Equal(foretold.BytesFreed, result.BytesFreed);
    }

    [Fact]
    public async Task Adding_optimising_verifying_and_collecting_at_once_lose_nothing()
    {
        await using var adder = OpenStore();
        await using var keeper = OpenStore();
        var added = new List<StorePath>();
        var adding = Task.Run(async () =>
        {
            for (var number = 0; number < 60; number++)
            {
                Folder.Write($"in/{number}/file", $"{number % 3}");
                var tree = await adder.AddAsync(Folder[$"in/{number}"], $"tree-{number}");
                added.Add(tree);
                added.Add(await adder.AddTextAsync($"text-{number}", $"{tree}", [tree]));
            }
        });
        var garbage = new List<StorePath>();
        while (!adding.IsCompleted)
        {
            await using (var careless = OpenStore())
            {
                garbage.Add(await careless.AddTextAsync($"garbage-{garbage.Count}", "x"));
            }

            await Task.WhenAll(keeper.CollectGarbageAsync(), adder.OptimiseAsync(), keeper.VerifyAsync());
        }

        await adding;
        await keeper.CollectGarbageAsync();
        Assert.Equal(added.Order(), await keeper.ListAsync());
        Assert.True((await keeper.VerifyAsync(new VerifyOptions { CheckContents = true })).IsSound);
    }

    [Fact]
    public async Task A_refusal_to_delete_names_the_root_behind_the_referrers()
    {
        await using var store = OpenStore();
        var bottom = await store.AddTextAsync("bottom", "x");
        var middle = await store.AddTextAsync("middle", $"{bottom}", [bottom]);
        var top = await store.AddTextAsync("top", $"{middle}", [middle]);
        await store.AddRootAsync(Folder["root"], top);
        var error = await Assert.ThrowsAsync<NixStoreException>(() => store.DeleteAsync(bottom));
        Assert.Equal(NixErrorCodes.PathInUse, error.Code);
        Assert.Contains($"{middle} refers to it", error.Message, StringComparison.Ordinal);
        Assert.Contains("keeps", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A store that was closed since, with paths that a root needs and paths that none does.</summary>
    private async Task<(IReadOnlyList<StorePath> All, IReadOnlyList<StorePath> Kept, IReadOnlyList<StorePath> Dropped)> MakeAsync()
    {
        await using var store = OpenStore();
        var needed = await store.AddTextAsync("needed", "1");
        var rooted = await store.AddTextAsync("rooted", $"{needed}", [needed]);
        await store.AddRootAsync(Folder["root"], rooted);
        var lonely = await store.AddTextAsync("lonely", "2");
        var user = await store.AddTextAsync("user", $"{lonely}{needed}", [lonely, needed]);
        var tree = await store.AddAsync(MakeTree());
        return (await store.ListAsync(), [.. new[] { needed, rooted }.Order()], [.. new[] { lonely, user, tree }.Order()]);
    }
}
