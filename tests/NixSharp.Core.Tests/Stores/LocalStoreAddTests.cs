using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.StorePaths;
using NixSharp.Stores;
using Xunit;

namespace NixSharp.Core.Tests.Stores;

public sealed class LocalStoreAddTests : StoreFixture
{
    [Fact]
    public async Task What_was_added_is_listed_and_described()
    {
        await using var store = OpenStore();
        var before = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        var path = await store.AddAsync(MakeTree());
        Assert.Equal("tree", path.Name);
        Assert.Equal([path], await store.ListAsync());

        var digest = await NarArchive.DigestAsync(Folder["tree"]);
        var info = await store.GetPathInfoAsync(path);
        Assert.Equal(path, info.Path);
        Assert.Equal(digest.Hash, info.NarHash);
        Assert.Equal(digest.Size, info.NarSize);
        Assert.Equal(ContentAddress.Fixed(FileIngestionMethod.Recursive, digest.Hash), info.ContentAddress);
        Assert.InRange(info.RegistrationTime, before, DateTimeOffset.UtcNow);
        Assert.Empty(info.References);
        Assert.Empty(info.Signatures);
        Assert.Null(info.Deriver);
        Assert.False(info.Ultimate);
        Assert.Equal(digest.Hash, (await NarArchive.DigestAsync(store.GetRealPath(path))).Hash);
    }

    [Fact]
    public async Task A_store_that_is_opened_again_knows_its_paths()
    {
        StorePath path;
        await using (var store = OpenStore())
        {
            path = await store.AddTextAsync("text", "hello");
        }

        await using var again = await NixStore.OpenAsync(Folder["store"]);
        Assert.Equal([path], await again.Require<IPathLister>("list").ListAsync());
        Assert.Equal($"local?root={Folder["store"]}", again.Uri);
    }

    [Fact]
    public async Task Files_have_the_modes_and_times_of_a_store()
    {
        await using var store = OpenStore();
        var real = store.GetRealPath(await store.AddAsync(MakeTree()));
        Assert.Equal((UnixFileMode)0x124, File.GetUnixFileMode(Path.Combine(real, "plain")));
        Assert.Equal((UnixFileMode)0x16d, File.GetUnixFileMode(Path.Combine(real, "bin/run")));
        Assert.Equal((UnixFileMode)0x16d, File.GetUnixFileMode(Path.Combine(real, "bin")));
        Assert.Equal((UnixFileMode)0x16d, File.GetUnixFileMode(real));
        var everything = new DirectoryInfo(real).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Prepend(new DirectoryInfo(real)).ToList();
        Assert.Equal(6, everything.Count);
        Assert.All(everything, static entry => Assert.Equal(DateTime.UnixEpoch.AddSeconds(1), entry.LastWriteTimeUtc));
    }

    [Fact]
    public async Task Adding_the_same_again_changes_nothing()
    {
        await using var store = OpenStore();
        var path = await store.AddAsync(MakeTree());
        var info = await store.GetPathInfoAsync(path);
        Assert.Equal(path, await store.AddAsync(Folder["tree"]));
        var again = await store.GetPathInfoAsync(path);
        Assert.Equal(info.RegistrationTime, again.RegistrationTime);
        Assert.Equal([path.BaseName], NamesIn(store));
    }

    [Fact]
    public async Task A_name_of_its_own_replaces_that_of_the_source()
    {
        await using var store = OpenStore();
        Assert.Equal("hello-1.0", (await store.AddAsync(MakeTree(), "hello-1.0")).Name);
        Assert.Equal("tree", (await store.AddAsync(Folder["tree"] + "/")).Name);
    }

    [Fact]
    public async Task A_name_that_is_not_allowed_is_refused_before_anything_is_touched()
    {
        await using var store = OpenStore();
        foreach (var name in (string[])["", "my app", "..", "a/b", new string('a', 212)])
        {
            var error = await Assert.ThrowsAsync<NixFormatException>(() => store.AddAsync(Folder["absent"], name));
            Assert.Equal(NixErrorCodes.InvalidStorePathName, error.Code);
            Assert.Equal(NixErrorCodes.InvalidStorePathName, (await Assert.ThrowsAsync<NixFormatException>(() => store.AddTextAsync(name, "x"))).Code);
        }

        Assert.Empty(NamesIn(store));
        Assert.Empty(Directory.EnumerateFileSystemEntries(store.Layout.TemporaryRoots));
    }

    [Theory]
    [InlineData(FileIngestionMethod.Recursive)]
    [InlineData(FileIngestionMethod.Flat)]
    public async Task A_source_that_is_not_there_is_refused(FileIngestionMethod method)
    {
        await using var store = OpenStore();
        var error = await Assert.ThrowsAsync<NixFileException>(() => store.AddAsync(Folder["absent"], options: new AddOptions { Method = method }));
        Assert.Equal(NixErrorCodes.SourceNotFound, error.Code);
        Assert.Contains(Folder["absent"], error.Message, StringComparison.Ordinal);
        Assert.Empty(NamesIn(store));
    }

    [Theory]
    [InlineData(FileIngestionMethod.Recursive)]
    [InlineData(FileIngestionMethod.Flat)]
    public async Task A_device_is_refused_and_not_read(FileIngestionMethod method)
    {
        await using var store = OpenStore();
        var error = await Assert.ThrowsAsync<NixFileException>(() => store.AddAsync("/dev/zero", options: new AddOptions { Method = method }));
        Assert.Equal(NixErrorCodes.UnsupportedFileType, error.Code);
    }

    [Fact]
    public async Task Only_a_file_is_added_flat_and_a_link_is_followed_to_it()
    {
        await using var store = OpenStore();
        var flat = new AddOptions { Method = FileIngestionMethod.Flat };
        var error = await Assert.ThrowsAsync<NixFormatException>(() => store.AddAsync(MakeTree(), options: flat));
        Assert.Equal(NixErrorCodes.UnsupportedFileType, error.Code);
        File.CreateSymbolicLink(Folder["to-plain"], Folder["tree/link"]);
        Assert.Equal(
            (await store.AddAsync(Folder["tree/plain"], "x", flat)).ToString(),
            (await store.AddAsync(Folder["to-plain"], "x", flat)).ToString());
        File.CreateSymbolicLink(Folder["loop"], "loop");
        Assert.Equal(NixErrorCodes.SourceUnreadable, (await Assert.ThrowsAsync<NixFileException>(() => store.AddAsync(Folder["loop"], "x", flat))).Code);
    }

    [Fact]
    public async Task References_among_the_candidates_are_found()
    {
        await using var store = OpenStore();
        var first = await store.AddTextAsync("first", "1");
        var second = await store.AddTextAsync("second", "2");
        var source = Folder.Write("third", $"needs {first}");
        var third = await store.AddAsync(source, options: new AddOptions { ReferenceCandidates = [first, second] });
        Assert.Equal([first], (await store.GetPathInfoAsync(third)).References);
        Assert.Equal([third], await store.QueryReferrersAsync(first));
        Assert.Empty(await store.QueryReferrersAsync(second));
        Assert.NotEqual(third, await store.AddAsync(source));
    }

    [Fact]
    public async Task References_that_the_address_has_no_room_for_are_refused()
    {
        await using var store = OpenStore();
        var first = await store.AddTextAsync("first", "1");
        var options = new AddOptions { Algorithm = NixHashAlgorithm.Sha512, ReferenceCandidates = [first] };
        var error = await Assert.ThrowsAsync<NixFormatException>(() => store.AddAsync(Folder.Write("second", $"needs {first}"), options: options));
        Assert.Equal(NixErrorCodes.InvalidContentAddress, error.Code);
        Assert.Equal([first.BaseName], NamesIn(store));
    }

    [Fact]
    public async Task A_reference_that_is_not_valid_is_refused_and_leaves_nothing()
    {
        await using var store = OpenStore();
        var error = await Assert.ThrowsAsync<NixStoreException>(() => store.AddTextAsync("text", $"needs {Stranger}", [Stranger]));
        Assert.Equal(NixErrorCodes.PathNotValid, error.Code);
        Assert.Contains(Stranger.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Empty(await store.ListAsync());
        Assert.Empty(NamesIn(store));
    }

    [Fact]
    public async Task A_source_that_changes_after_it_was_hashed_is_refused_and_leaves_nothing()
    {
        await using var store = OpenStore();
        var source = Folder.Write("tree/file", "before");
        var options = new AddOptions { Progress = new Callback(() => File.WriteAllText(source, "after!")) };
        var error = await Assert.ThrowsAsync<NixFileException>(() => store.AddAsync(Folder["tree"], options: options));
        Assert.Equal(NixErrorCodes.SourceChanged, error.Code);
        Assert.Empty(await store.ListAsync());
        Assert.Empty(NamesIn(store));
    }

    [Fact]
    public async Task Cancelling_leaves_nothing()
    {
        await using var store = OpenStore();
        using var stop = new CancellationTokenSource();
        var options = new AddOptions { Progress = new Callback(stop.Cancel) };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.AddAsync(MakeTree(), options: options, cancellationToken: stop.Token));
        Assert.Empty(await store.ListAsync());
        Assert.Empty(NamesIn(store));
    }

    [Fact]
    public async Task What_a_killed_process_left_is_replaced()
    {
        StorePath path;
        await using (var other = OpenStore("other"))
        {
            path = await other.AddAsync(MakeTree());
        }

        await using var store = OpenStore();
        Folder.Write($"store{path}/half", "a part");
        File.SetUnixFileMode(store.GetRealPath(path), (UnixFileMode)0x16d);
        Assert.Null(await store.QueryPathInfoAsync(path));
        Assert.Equal(path, await store.AddAsync(Folder["tree"]));
        Assert.False(File.Exists(Folder[$"store{path}/half"]));
        Assert.Equal((await store.GetPathInfoAsync(path)).NarHash, (await NarArchive.DigestAsync(store.GetRealPath(path))).Hash);
    }

    [Fact]
    public async Task A_valid_path_whose_files_are_gone_is_written_again()
    {
        await using var store = OpenStore();
        var path = await store.AddTextAsync("text", "hello");
        File.Delete(store.GetRealPath(path));
        Assert.Equal(path, await store.AddTextAsync("text", "hello"));
        Assert.Equal("hello", File.ReadAllText(store.GetRealPath(path)));
    }

    [Fact]
    public async Task Stores_in_one_process_add_at_once_and_lose_nothing()
    {
        var names = Enumerable.Range(0, 20).Select(static number => $"file-{number}").ToList();
        names.ForEach(name => Folder.Write($"in/{name}", name));
        MakeTree();
        await using var first = OpenStore();
        await using var second = OpenStore();
        var same = Enumerable.Range(0, 10).Select(number => (number % 2 == 0 ? first : second).AddAsync(Folder["tree"]));
        var different = names.SelectMany(name => (Task<StorePath>[])[first.AddAsync(Folder[$"in/{name}"]), second.AddAsync(Folder[$"in/{name}"])]);
        var paths = await Task.WhenAll(same.Concat(different));
        var distinct = paths.Distinct().Order().ToList();
        Assert.Equal(names.Count + 1, distinct.Count);
        Assert.Equal(distinct, await first.ListAsync());
        Assert.Equal(distinct.Select(static path => path.BaseName), NamesIn(second));
        foreach (var path in distinct)
        {
            Assert.Equal((await second.GetPathInfoAsync(path)).NarHash, (await NarArchive.DigestAsync(first.GetRealPath(path))).Hash);
        }
    }

    [Fact]
    public async Task Stores_that_are_made_at_once_in_one_place_are_one_store()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => NixStore.OpenAsync(Folder["store"], Fast)));
        try
        {
            var path = await stores[0].AddTextAsync("text", "hello");
            Assert.All(await Task.WhenAll(stores.Select(static store => store.Require<IPathLister>("list").ListAsync())), list => Assert.Equal([path], list));
        }
        finally
        {
            foreach (var store in stores)
            {
                await store.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Paths_carry_the_store_directory_that_the_store_was_opened_with()
    {
        var options = Fast with { StoreDirectory = new StoreDirectory("/opt/store") };
        await using var store = LocalStore.Open(Folder["store"], options);
        var path = await store.AddTextAsync("text", "hello");
        Assert.StartsWith("/opt/store/", path.ToString(), StringComparison.Ordinal);
        Assert.Equal(Folder[$"store/nix/store/{path.BaseName}"], store.GetRealPath(path));
        Assert.Equal([path], await store.ListAsync());
    }
}
