using Microsoft.Data.Sqlite;
using NixSharp.Nar;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Stores;

public sealed class LocalStoreFailureTests : StoreFixture
{
    [Theory]
    [InlineData("store")]
    [InlineData("store/nix")]
    [InlineData("store/nix/store")]
    [InlineData("store/nix/var/nix/db")]
    public void A_file_in_the_place_of_a_folder_is_refused_and_stays(string file)
    {
        Folder.Write(file, "mine");
        var error = Assert.Throws<NixStoreException>(() => OpenStore());
        Assert.Equal(NixErrorCodes.StoreUnavailable, error.Code);
        Assert.Contains(Folder["store"], error.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(Folder[file]));
    }

    [Theory]
    [InlineData("9")]
    [InlineData("11")]
    [InlineData("")]
    [InlineData("ten")]
    [InlineData("99999999999999999999999999")]
    public async Task Another_schema_is_refused_and_nothing_changes(string schema)
    {
        var layout = await MakeStoreAsync();
        File.WriteAllText(Path.Combine(layout.Database, "schema"), schema);
        AssertRefusedUnchanged();
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_nothing_changes()
    {
        var layout = await MakeStoreAsync();
        File.WriteAllText(Path.Combine(layout.Database, "db.sqlite"), new string('x', 5000));
        AssertRefusedUnchanged();
    }

    [Fact]
    public async Task A_database_without_the_tables_of_Nix_is_refused_and_nothing_changes()
    {
        var layout = await MakeStoreAsync();
        Run(layout, "drop table Refs");
        AssertRefusedUnchanged();
    }

    [Fact]
    public async Task A_database_that_is_gone_is_refused_and_not_made_anew()
    {
        var layout = await MakeStoreAsync();
        File.Delete(Path.Combine(layout.Database, "db.sqlite"));
        AssertRefusedUnchanged();
    }

    [Fact]
    public async Task A_damaged_page_is_an_error_with_a_code()
    {
        var layout = await MakeStoreAsync();
        var file = Path.Combine(layout.Database, "db.sqlite");
        var bytes = File.ReadAllBytes(file);
        bytes.AsSpan(4096).Fill(0xa5);
        File.WriteAllBytes(file, bytes);
        await using var store = OpenStore();
        Assert.Equal(NixErrorCodes.StoreDatabase, (await Assert.ThrowsAsync<NixStoreException>(() => store.ListAsync())).Code);
        Assert.Equal(NixErrorCodes.StoreDatabase, (await Assert.ThrowsAsync<NixStoreException>(() => store.AddTextAsync("more", "more"))).Code);
        Assert.Single(NamesIn(store));
    }

    [Theory]
    [InlineData("hash = 'sha256:abc'")]
    [InlineData("hash = 'md5:d41d8cd98f00b204e9800998ecf8427e'")]
    [InlineData("hash = x'00ff'")]
    [InlineData("registrationTime = 9223372036854775807")]
    [InlineData("registrationTime = -1")]
    [InlineData("registrationTime = 253402300800")]
    [InlineData("narSize = -1")]
    [InlineData("ca = 'nonsense'")]
    [InlineData("deriver = '/elsewhere/x.drv'")]
    public async Task A_row_that_no_Nix_writes_is_an_error_that_names_the_database(string change)
    {
        var layout = await MakeStoreAsync();
        Run(layout, $"update ValidPaths set {change}");
        await using var store = OpenStore();
        var path = Assert.Single(await store.ListAsync());
        var error = await Assert.ThrowsAsync<NixStoreException>(() => store.QueryPathInfoAsync(path));
        Assert.Equal(NixErrorCodes.StoreDatabase, error.Code);
        Assert.Contains(layout.Database, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_whose_path_is_none_is_an_error()
    {
        var layout = await MakeStoreAsync();
        Run(layout, "update ValidPaths set path = '/nix/store/../../etc/passwd'");
        await using var store = OpenStore();
        Assert.Equal(NixErrorCodes.StoreDatabase, (await Assert.ThrowsAsync<NixStoreException>(() => store.ListAsync())).Code);
    }

    [Fact]
    public async Task A_path_of_another_store_directory_is_not_valid_here()
    {
        await MakeStoreAsync();
        await using var store = OpenStore();
        var path = Assert.Single(await store.ListAsync());
        Assert.Null(await store.QueryPathInfoAsync(StorePath.ParseBaseName(path.BaseName, new StoreDirectory("/opt/store"))));
    }

    [RequiresFact(Requirements.Root, "mount", "umount")]
    public async Task A_store_that_cannot_be_written_is_read_and_refuses_changes()
    {
        await MakeStoreAsync("store #1?%41");
        await using (await Mount.CreateReadOnlyAsync(Folder["store #1?%41"]))
        await using (var store = OpenStore("store #1?%41"))
        {
            Assert.True(store.IsReadOnly);
            var path = Assert.Single(await store.ListAsync());
            Assert.NotNull(await store.QueryPathInfoAsync(path));
            Assert.Equal(path, await store.AddTextAsync("text", "hello"));
            Assert.Equal("hello", File.ReadAllText(store.GetRealPath(path)));
            foreach (var change in (Func<Task>[])[() => store.AddTextAsync("more", "more"), () => store.DeleteAsync(path), () => store.AddRootAsync(Folder["result"], path)])
            {
                Assert.Equal(NixErrorCodes.StoreWriteFailed, (await Assert.ThrowsAsync<NixStoreException>(change)).Code);
            }
        }

        Assert.Null(new FileInfo(Folder["result"]).LinkTarget);
    }

    [RequiresFact(Requirements.Root, "mount", "umount")]
    public async Task No_store_is_made_where_nothing_can_be_written()
    {
        Directory.CreateDirectory(Folder["store"]);
        await using var mount = await Mount.CreateReadOnlyAsync(Folder["store"]);
        Assert.Equal(NixErrorCodes.StoreUnavailable, Assert.Throws<NixStoreException>(() => OpenStore()).Code);
    }

    [RequiresFact(Requirements.Root, "mount", "umount")]
    public async Task A_full_disk_leaves_the_store_as_it_was()
    {
        await using var mount = await Mount.CreateTmpfsAsync(Folder["store"], "1m");
        await using var store = OpenStore();
        var kept = await store.AddTextAsync("kept", "hello");
        Directory.CreateDirectory(Folder["large"]);
        File.WriteAllBytes(Folder["large/a"], new byte[100_000]);
        File.WriteAllBytes(Folder["large/b"], new byte[2_000_000]);
        var error = await Assert.ThrowsAnyAsync<NixException>(() => store.AddAsync(Folder["large"]));
        Assert.Equal(NixErrorCodes.StoreWriteFailed, error.Code);
        Assert.Equal([kept], await store.ListAsync());
        Assert.Equal([kept.BaseName], NamesIn(store));
        await store.AddTextAsync("fits", "still works");
    }

    [RequiresFact(Requirements.Root, "mount", "umount")]
    public async Task A_disk_that_fills_up_at_any_point_leaves_only_whole_paths()
    {
        // Other amounts of ballast let another write be the one that finds no room.
        for (var ballast = 16; ballast < 32; ballast++)
        {
            await using var mount = await Mount.CreateTmpfsAsync(Folder["store"], "1m");
            await using var store = OpenStore();
            File.WriteAllBytes(Folder["store/ballast"], new byte[ballast * 4096]);
            var (added, error) = await FillAsync(store);
            Assert.Equal(NixErrorCodes.StoreWriteFailed, error.Code);
            Assert.NotEmpty(added);
            Assert.Equal(added.Order(), await store.ListAsync());
            Assert.Equal(added.Order().Select(static path => path.BaseName), NamesIn(store).Where(static name => !name.EndsWith(".lock", StringComparison.Ordinal)));
            foreach (var path in added)
            {
                Assert.Equal((await store.GetPathInfoAsync(path)).NarHash, (await NarArchive.DigestAsync(store.GetRealPath(path))).Hash);
            }

            // With room again, the same store goes on.
            File.Delete(Folder["store/ballast"]);
            await store.DeleteAsync(added[0]);
            Assert.Equal(added[0], await store.AddAsync(Folder["file-0"]));
        }
    }

    private async Task<(List<StorePath> Added, NixException Error)> FillAsync(LocalStore store)
    {
        var added = new List<StorePath>();
        for (var number = 0; ; number++)
        {
            Assert.InRange(number, 0, 1000);
            File.WriteAllBytes(Folder[$"file-{number}"], new byte[1000 + number]);
            try
            {
                added.Add(await store.AddAsync(Folder[$"file-{number}"]));
            }
            catch (NixException error)
            {
                return (added, error);
            }
        }
    }

    private async Task<StoreLayout> MakeStoreAsync(string name = "store")
    {
        await using var store = OpenStore(name);
        await store.AddTextAsync("text", "hello");
        return store.Layout;
    }

    private void AssertRefusedUnchanged()
    {
        var before = Snapshot(Folder["store"]);
        var error = Assert.Throws<NixStoreException>(() => OpenStore());
        Assert.Equal(NixErrorCodes.StoreDatabase, error.Code);
        Assert.Equal(before, Snapshot(Folder["store"]));
    }

    private static void Run(StoreLayout layout, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(layout.Database, "db.sqlite")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    [Fact]
    public async Task A_folder_that_the_store_lies_in_is_refused()
    {
        using var folder = new TemporaryFolder();
        await using var store = LocalStore.Open(folder["store"]);
        foreach (var source in (string[])[folder.Path, folder["store"], folder["store/nix"], folder["store/nix/store"]])
        {
            var error = await Assert.ThrowsAsync<NixStoreException>(() => store.AddAsync(source, "itself"));
            Assert.Equal(NixErrorCodes.StoreWriteFailed, error.Code);
        }

        Assert.Empty(await store.ListAsync());
        Assert.Equal("beside", (await store.AddAsync(folder.Write("store-2/file", "x"), "beside")).Name);
    }
}
