using System.Diagnostics;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Stores;

public sealed class LocalStoreDeleteTests : StoreFixture
{
    [Fact]
    public async Task A_path_that_nobody_needs_goes_with_its_files()
    {
        await using var store = OpenStore();
        var path = await store.AddAsync(MakeTree());
        await store.DeleteAsync(path);
        Assert.Empty(await store.ListAsync());
        Assert.Null(await store.QueryPathInfoAsync(path));
        Assert.Empty(NamesIn(store));
    }

    [Fact]
    public async Task A_path_that_is_not_valid_cannot_be_deleted()
    {
        await using var store = OpenStore();
        Assert.Equal(NixErrorCodes.PathNotValid, (await Assert.ThrowsAsync<NixStoreException>(() => store.DeleteAsync(Stranger))).Code);
    }

    [Fact]
    public async Task A_path_that_others_refer_to_stays_until_they_are_gone()
    {
        await using var store = OpenStore();
        var first = await store.AddTextAsync("first", "1");
        var second = await store.AddTextAsync("second", $"needs {first}", [first]);
        await AssertInUseAsync(store, first, second.ToString());
        await store.DeleteAsync(second);
        await store.DeleteAsync(first);
        Assert.Empty(await store.ListAsync());
    }

    [Fact]
    public async Task A_root_keeps_its_path_until_the_link_is_gone()
    {
        await using var store = OpenStore();
        var path = await store.AddTextAsync("text", "hello");
        await store.AddRootAsync(Folder["links/result"], path);
        Assert.Equal(path.ToString(), new FileInfo(Folder["links/result"]).LinkTarget);
        Assert.Contains(new GcRoot(path, Folder["links/result"]), await store.FindRootsAsync());
        await AssertInUseAsync(store, path, Folder["links/result"]);
        File.Delete(Folder["links/result"]);
        await store.DeleteAsync(path);
    }

    [Fact]
    public async Task A_root_below_gcroots_and_a_profile_keep_their_paths()
    {
        await using var store = OpenStore();
        var first = await store.AddTextAsync("first", "1");
        var second = await store.AddTextAsync("second", "2");
        await store.AddRootAsync(Path.Combine(store.Layout.GcRoots, "mine/first"), first);
        File.CreateSymbolicLink(Path.Combine(store.Layout.Profiles, "second"), $"{second}/bin");
        Assert.False(Directory.Exists(Path.Combine(store.Layout.GcRoots, "auto")));
        await AssertInUseAsync(store, first, "mine/first");
        await AssertInUseAsync(store, second, "profiles/second");
    }

    [Fact]
    public async Task A_root_may_move_from_one_path_to_another_and_take_no_other_place()
    {
        await using var store = OpenStore();
        var first = await store.AddTextAsync("first", "1");
        var second = await store.AddTextAsync("second", "2");
        await store.AddRootAsync(Folder["result"], first);
        await store.AddRootAsync(Folder["result"], second);
        Assert.Equal(second.ToString(), new FileInfo(Folder["result"]).LinkTarget);
        await store.DeleteAsync(first);

        Folder.Write("mine", "precious");
        var error = await Assert.ThrowsAsync<NixStoreException>(() => store.AddRootAsync(Folder["mine"], second));
        Assert.Equal(NixErrorCodes.PathInUse, error.Code);
        Assert.Equal("precious", File.ReadAllText(Folder["mine"]));
        Assert.Equal(NixErrorCodes.PathNotValid, (await Assert.ThrowsAsync<NixStoreException>(() => store.AddRootAsync(Folder["other"], Stranger))).Code);
        Assert.Null(new FileInfo(Folder["other"]).LinkTarget);
    }

    [Fact]
    public async Task What_another_open_store_has_added_stays_until_that_is_closed()
    {
        await using var store = OpenStore();
        StorePath path;
        await using (var other = OpenStore())
        {
            path = await other.AddTextAsync("text", "hello");
            await AssertInUseAsync(store, path, "process");
        }

        await store.DeleteAsync(path);
    }

    [Fact]
    public async Task Deleting_one_path_leaves_the_others_that_were_added_protected()
    {
        await using var store = OpenStore();
        var kept = await store.AddTextAsync("kept", "1");
        var needed = await store.AddTextAsync("needed", "2");
        var user = await store.AddTextAsync("user", $"{needed}", [needed]);
        var deleted = await store.AddTextAsync("deleted", "3");
        await store.DeleteAsync(deleted);
        await Assert.ThrowsAsync<NixStoreException>(() => store.DeleteAsync(needed));
        var roots = (await store.FindRootsAsync()).Where(static root => root.Source.StartsWith("process ", StringComparison.Ordinal)).Select(static root => root.Path).ToList();
        Assert.Contains(kept, roots);
        Assert.Contains(needed, roots);
        Assert.Contains(user, roots);
        Assert.DoesNotContain(deleted, roots);
    }

    [Fact]
    public async Task Adding_and_deleting_at_once_lose_nothing()
    {
        await using var store = OpenStore();
        var doomed = await Task.WhenAll(Enumerable.Range(0, 10).Select(number => store.AddTextAsync($"doomed-{number}", "x")));
        var adding = Enumerable.Range(0, 10).Select(number => store.AddTextAsync($"kept-{number}", "x")).ToList();
        await Task.WhenAll([.. doomed.Select(path => store.DeleteAsync(path)), .. adding]);
        var kept = (await Task.WhenAll(adding)).Order().ToList();
        Assert.Equal(kept, await store.ListAsync());
        Assert.Equal(kept.Select(static path => path.BaseName), NamesIn(store));
        Assert.All(kept, path => Assert.Contains(path, store.FindRootsAsync().GetAwaiter().GetResult().Select(static root => root.Path)));
    }

    [Fact]
    public async Task A_temporary_root_of_a_process_that_is_gone_keeps_nothing()
    {
        await using var store = OpenStore();
        var path = await store.AddTextAsync("text", "hello");
        File.WriteAllText(Path.Combine(store.Layout.TemporaryRoots, "1"), $"{path}\0");
        await store.DeleteAsync(path);
        Assert.Empty(await store.ListAsync());
    }

    [RequiresFact("sleep")]
    public async Task A_running_process_keeps_what_is_in_its_environment()
    {
        await using var store = OpenStore();
        var path = await store.AddTextAsync("text", "hello");
        using var process = Process.Start(new ProcessStartInfo("sleep", "600") { Environment = { ["NIXSHARP_TEST"] = $"{path}/x" } })!;
        try
        {
            await AssertInUseAsync(store, path, $"running process {process.Id}");
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        await store.DeleteAsync(path);
    }

    [Fact]
    public async Task Temporary_roots_go_with_the_store()
    {
        string folder;
        await using (var store = OpenStore())
        {
            folder = store.Layout.TemporaryRoots;
            await store.AddTextAsync("text", "hello");
            Assert.Single(Directory.EnumerateFiles(folder));
        }

        Assert.Empty(Directory.EnumerateFiles(folder));
    }

    private static async Task AssertInUseAsync(LocalStore store, StorePath path, string by)
    {
        var error = await Assert.ThrowsAsync<NixStoreException>(() => store.DeleteAsync(path));
        Assert.Equal(NixErrorCodes.PathInUse, error.Code);
        Assert.Contains(by, error.Message, StringComparison.Ordinal);
        Assert.NotNull(await store.QueryPathInfoAsync(path));
        Assert.True(Path.Exists(store.GetRealPath(path)));
    }
}
