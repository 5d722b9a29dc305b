using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Stores;

public sealed class LocalStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_folder_gets_the_path_that_Nix_gives_it_and_Nix_verifies_it(NixRelease nix)
    {
        var source = MakeTree();
        var expected = await RealNix.RunAsync(nix, _folder["theirs"], "nix-store", "--add", source);

        await using (var store = LocalStore.Open(_folder["ours"]))
        {
            Assert.Equal(expected.Trim(), (await store.AddAsync(source)).ToString());
            Assert.Equal(expected.Trim(), (await store.AddAsync(source)).ToString());
        }

        await AssertVerifiesAsync(nix, _folder["ours"]);
        Assert.Equal(
            await RealNix.RunAsync(nix, _folder["theirs"], "nix-store", "--dump", Real("theirs", expected)),
            await RealNix.RunAsync(nix, _folder["theirs"], "nix-store", "--dump", Real("ours", expected)));
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_flat_file_gets_the_path_that_Nix_gives_it(NixRelease nix)
    {
        var source = _folder.Write("tool.sh", "#!/bin/sh\n");
        File.SetUnixFileMode(source, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await using var store = LocalStore.Open(_folder["ours"]);
        foreach (var algorithm in Enum.GetValues<NixHashAlgorithm>())
        {
            var expected = await RealNix.RunAsync(nix, _folder["theirs"], "nix-store", "--add-fixed", algorithm.GetName(), source);
            var options = new AddOptions { Method = FileIngestionMethod.Flat, Algorithm = algorithm };
            Assert.Equal(expected.Trim(), (await store.AddAsync(source, options: options)).ToString());

            expected = await RealNix.RunAsync(nix, _folder["theirs"], "nix-store", "--recursive", "--add-fixed", algorithm.GetName(), source);
            Assert.Equal(expected.Trim(), (await store.AddAsync(source, options: new AddOptions { Algorithm = algorithm })).ToString());
        }

        await AssertVerifiesAsync(nix, _folder["ours"]);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Text_with_references_is_what_Nix_makes_of_it(NixRelease nix)
    {
        await using var store = LocalStore.Open(_folder["ours"]);
        var first = await store.AddTextAsync("first", "one\n");
        var second = await store.AddTextAsync("second", $"see {first}\n", [first]);

        var expression = "builtins.toFile \"second\" \"see ${builtins.toFile \"first\" \"one\\n\"}\\n\"";
        var expected = await RealNix.RunAsync(nix, _folder["theirs"], "nix", "eval", "--raw", "--expr", expression);
        Assert.Equal(expected, second.ToString());
        Assert.Equal([first], (await store.QueryPathInfoAsync(second))!.References);
        await AssertVerifiesAsync(nix, _folder["ours"]);
        Assert.Equal($"{first}\n{second}\n", await RealNix.RunAsync(nix, _folder["ours"], "nix-store", "--query", "--requisites", second.ToString()));
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Nix_lists_and_copies_what_was_added(NixRelease nix)
    {
        await using (var store = LocalStore.Open(_folder["ours"]))
        {
            await store.AddAsync(MakeTree(), "tree");
            await store.AddTextAsync("text", "hello\n");
        }

        await RealNix.RunAsync(nix, _folder["ours"], "nix", "copy", "--all", "--no-check-sigs", "--to", _folder["copy"]);
        await AssertVerifiesAsync(nix, _folder["copy"]);
        await using var ours = LocalStore.Open(_folder["ours"]);
        await using var copy = LocalStore.Open(_folder["copy"]);
        Assert.Equal(await ours.ListAsync(), await copy.ListAsync());
        foreach (var path in await ours.ListAsync())
        {
            var (left, right) = ((await ours.QueryPathInfoAsync(path))!, (await copy.QueryPathInfoAsync(path))!);
            Assert.Equal(left.NarHash, right.NarHash);
            Assert.Equal(left.NarSize, right.NarSize);
            Assert.Equal(left.ContentAddress, right.ContentAddress);
        }
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task What_Nix_added_is_read_and_its_roots_are_honoured(NixRelease nix)
    {
        var path = StorePath.Parse((await RealNix.RunAsync(nix, _folder["store"], "nix-store", "--add", MakeTree())).Trim());
        await RealNix.RunAsync(nix, _folder["store"], "nix-store", "--realise", path.ToString(), "--add-root", _folder["result"]);
        await using var store = LocalStore.Open(_folder["store"]);
        Assert.Equal([path], await store.ListAsync());

        var error = await Assert.ThrowsAsync<NixStoreException>(() => store.DeleteAsync(path));
        Assert.Equal(NixErrorCodes.PathInUse, error.Code);
        Assert.Contains(_folder["result"], error.Message, StringComparison.Ordinal);

        File.Delete(_folder["result"]);
        await store.DeleteAsync(path);
        Assert.Empty(await store.ListAsync());
        Assert.False(Directory.Exists(store.GetRealPath(path)));
        await AssertVerifiesAsync(nix, _folder["store"]);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_root_keeps_a_path_from_Nix_s_collector_and_nothing_else_is_kept(NixRelease nix)
    {
        StorePath kept;
        StorePath dropped;
        await using (var store = LocalStore.Open(_folder["store"]))
        {
            kept = await store.AddTextAsync("kept", "kept");
            dropped = await store.AddTextAsync("dropped", "dropped");
            await store.AddRootAsync(_folder["result"], kept);

            // While this process uses the paths, Nix spares both.
            await RealNix.RunAsync(nix, _folder["store"], "nix-store", "--gc");
            Assert.Equal(2, (await store.ListAsync()).Count);
        }

        await RealNix.RunAsync(nix, _folder["store"], "nix-store", "--gc");
        await using var after = LocalStore.Open(_folder["store"]);
        Assert.Equal([kept], await after.ListAsync());
        Assert.False(File.Exists(after.GetRealPath(dropped)));
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Nix_and_NixSharp_adding_at_once_lose_nothing(NixRelease nix)
    {
        var names = Enumerable.Range(0, 12).Select(static number => $"file-{number}").ToList();
        foreach (var name in names)
        {
            _folder.Write($"in/{name}", name);
        }

        await using var first = LocalStore.Open(_folder["store"]);
        await using var second = LocalStore.Open(_folder["store"]);
        var adding = names.SelectMany(name => (Task[])
        [
            first.AddAsync(_folder[$"in/{name}"]),
            second.AddAsync(_folder[$"in/{name}"]),
            RealNix.RunAsync(nix, _folder["store"], "nix-store", "--add", _folder[$"in/{name}"]),
        ]);
        await Task.WhenAll(adding);
        Assert.Equal(names.Order(), (await first.ListAsync()).Select(static path => path.Name).Order());
        await AssertVerifiesAsync(nix, _folder["store"]);
    }

    private static async Task AssertVerifiesAsync(NixRelease nix, string store)
    {
        var result = await RealNix.VerifyAsync(store, nix);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.DoesNotContain("error", result.Error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("disappeared", result.Error, StringComparison.Ordinal);
    }

    private string Real(string store, string path) => _folder[$"{store}{path.Trim()}"];

    private string MakeTree()
    {
        _folder.Write("tree/a/z", "z\n");
        _folder.Write("tree/a.b", "dot\n");
        File.SetUnixFileMode(_folder.Write("tree/run", "#!/bin/sh\n"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Directory.CreateDirectory(_folder["tree/empty"]);
        File.CreateSymbolicLink(_folder["tree/link"], "../nowhere");
        return _folder["tree"];
    }
}
