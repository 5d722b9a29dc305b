using NixSharp.Files;
using NixSharp.Stores;
using Xunit;

namespace NixSharp.Core.Tests.Stores;

public sealed class LocalStoreVerifyTests : StoreFixture
{
    private static readonly VerifyOptions Contents = new() { CheckContents = true };

    [Fact]
    public async Task A_store_that_is_whole_has_no_problems()
    {
        await using var store = OpenStore();
        await store.AddAsync(MakeTree());
        await store.AddTextAsync("text", "hello");
        await store.OptimiseAsync();
        var result = await store.VerifyAsync(Contents);
        Assert.True(result.IsSound);
        Assert.Equal(2, result.PathsChecked);
        Assert.Empty(result.Leftovers);
    }

    [Fact]
    public async Task Files_that_are_gone_are_found_and_nothing_is_changed()
    {
        await using var store = OpenStore();
        var path = await store.AddAsync(MakeTree());
        FileTree.Delete(store.GetRealPath(path));
        var problem = Assert.Single((await store.VerifyAsync()).Problems);
        Assert.Equal(path, problem.Path);
        Assert.Contains("gone", problem.Description, StringComparison.Ordinal);
        Assert.NotNull(await store.QueryPathInfoAsync(path));
    }

    [Fact]
    public async Task A_byte_that_was_changed_is_found_when_contents_are_checked()
    {
        await using var store = OpenStore();
        var path = await store.AddAsync(MakeTree());
        var info = await store.GetPathInfoAsync(path);
        Damage(store, path);
        Assert.True((await store.VerifyAsync()).IsSound);
        var problem = Assert.Single((await store.VerifyAsync(Contents)).Problems);
        Assert.Equal(path, problem.Path);
        Assert.Contains(info.NarHash.ToString(), problem.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_belongs_to_no_path_is_listed_and_what_somebody_makes_is_not()
    {
        await using var store = OpenStore();
        await using var other = OpenStore();
        await other.AddTemporaryRootAsync(Stranger);
        File.WriteAllText(store.GetRealPath(Stranger), "half");
        File.WriteAllText(Path.Combine(store.Layout.RealStore, ".gc-left"), "left");
        var result = await store.VerifyAsync();
        Assert.True(result.IsSound);
        Assert.Equal([".gc-left"], result.Leftovers);
    }

    [Fact]
    public async Task A_reference_to_nothing_is_found()
    {
        await using var store = OpenStore();
        var first = await store.AddTextAsync("first", "1");
        var second = await store.AddTextAsync("second", $"{first}", [first]);
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(store.Layout.Database, "db.sqlite")};Foreign Keys=False;Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"delete from ValidPaths where path = '{first}'";
            command.ExecuteNonQuery();
        }

        var problem = Assert.Single((await store.VerifyAsync()).Problems);
        Assert.Equal(second, problem.Path);
        Assert.Contains("refers to", problem.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_and_missing_paths_are_fetched_again_from_the_first_store_that_has_them_whole()
    {
        await using var store = OpenStore();
        await using var damaged = OpenStore("damaged");
        await using var whole = OpenStore("whole");
        var tree = await store.AddAsync(MakeTree());
        var text = await store.AddTextAsync("text", "hello");
        var user = await store.AddTextAsync("user", $"{text}", [text]);
        foreach (var other in (LocalStore[])[damaged, whole])
        {
            await other.AddAsync(Folder["tree"]);
            await other.AddTextAsync("text", "hello");
        }

        Damage(damaged, tree);
        Damage(store, tree);
        await store.AddSignaturesAsync(tree, [$"a-1:{Convert.ToBase64String(new byte[64])}"]);
        var before = await store.GetPathInfoAsync(tree);
        FileTree.Delete(store.GetRealPath(text));
        var result = await store.VerifyAsync(new VerifyOptions { CheckContents = true, Repair = true, Substituters = [damaged, whole] });
        Assert.True(result.IsSound);
        Assert.Equal(new[] { tree, text }.Order(), result.Repaired);
        Assert.Equivalent(before, await store.GetPathInfoAsync(tree), strict: true);
        Assert.True((await store.VerifyAsync(Contents)).IsSound);
        Assert.Equal(new[] { tree, text, user }.Order(), await store.ListAsync());
    }

    [Fact]
    public async Task What_nobody_has_stays_a_problem_if_it_is_needed_and_is_forgotten_if_not()
    {
        await using var store = OpenStore();
        var needed = await store.AddTextAsync("needed", "1");
        var user = await store.AddTextAsync("user", $"{needed}", [needed]);
        var lonely = await store.AddTextAsync("lonely", "2");
        var changed = await store.AddTextAsync("changed", "3");
        FileTree.Delete(store.GetRealPath(needed));
        FileTree.Delete(store.GetRealPath(lonely));
        Damage(store, changed);
        var result = await store.VerifyAsync(new VerifyOptions { CheckContents = true, Repair = true });
        Assert.Equal(new[] { needed, changed }.Order(), result.Problems.Select(static problem => problem.Path!.Value).Order());
        Assert.Equal([lonely], result.Repaired);
        Assert.Equal(new[] { needed, user, changed }.Order(), await store.ListAsync());
    }

    [Fact]
    public async Task A_damaged_link_is_found_and_removed_so_that_repaired_files_do_not_get_it()
    {
        await using var store = OpenStore();
        await using var whole = OpenStore("whole");
        var path = await store.AddTextAsync("text", "hello");
        await whole.AddTextAsync("text", "hello");
        await store.OptimiseAsync();
        Damage(store, path);
        var result = await store.VerifyAsync(Contents);
        Assert.Equal(2, result.Problems.Count);
        Assert.Contains(result.Problems, static problem => problem.Path is null && problem.Description.Contains("linked file", StringComparison.Ordinal));

        Assert.True((await store.VerifyAsync(new VerifyOptions { CheckContents = true, Repair = true, Substituters = [whole] })).IsSound);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(store.Layout.RealStore, ".links")));
        await store.OptimiseAsync();
        Assert.True((await store.VerifyAsync(Contents)).IsSound);
    }

    [Fact]
    public async Task A_store_with_other_contents_under_the_same_name_repairs_nothing()
    {
        await using var store = OpenStore();
        await using var other = OpenStore("other");
        var path = await store.AddTextAsync("text", "hello");
        var info = await store.GetPathInfoAsync(path);
        var (source, nar) = (await other.AddTextAsync("evil", "evil"), new MemoryStream());
        await other.ReadNarAsync(source, nar);
        nar.Position = 0;
        await other.AddNarAsync(await other.GetPathInfoAsync(source) with { Path = path, ContentAddress = null }, nar, new AddNarOptions { CheckSignatures = false });
        Damage(store, path);
        var result = await store.VerifyAsync(new VerifyOptions { CheckContents = true, Repair = true, Substituters = [other] });
        Assert.Equal(path, Assert.Single(result.Problems).Path);
        Assert.Empty(result.Repaired);
        Assert.Equal(info.NarHash, (await store.GetPathInfoAsync(path)).NarHash);
    }
}
