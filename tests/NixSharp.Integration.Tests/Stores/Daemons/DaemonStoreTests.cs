using NixSharp.Closures;
using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Protocol;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Stores.Daemons;

public sealed class DaemonStoreTests : DaemonFixture
{
    private static readonly StorePath Stranger = StorePath.ParseBaseName($"{new string('s', 32)}-stranger");

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_daemon_says_what_it_is(NixRelease nix)
    {
        await using var daemon = await StartAsync(nix);
        await using var store = await OpenAsync(daemon);
        var info = await store.GetDaemonInfoAsync();
        Assert.Equal(nix == NixRelease.Machine ? new ProtocolVersion(1, 34) : new ProtocolVersion(1, 38), info.Version);
        Assert.StartsWith(nix == NixRelease.Machine ? "2.8." : "2.26.", info.Program, StringComparison.Ordinal);
        Assert.Equal(nix == NixRelease.Machine ? null : true, info.IsTrusted);
        Assert.Equal(daemon.Uri, store.Uri);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task What_is_added_has_the_path_that_a_local_store_gives_it(NixRelease nix)
    {
        await using var daemon = await StartAsync(nix);
        await using var store = await OpenAsync(daemon);
        await using var local = LocalStore.Open(Folder["local"]);
        var tree = MakeTree();
        var flat = new AddOptions { Method = FileIngestionMethod.Flat, Algorithm = NixHashAlgorithm.Sha1 };
        var recursive = new AddOptions { Algorithm = NixHashAlgorithm.Sha512 };
        foreach (var add in (Func<INixStore, Task<StorePath>>[])
        [
            target => target.AddAsync(tree),
            target => target.AddAsync(tree),
            target => target.AddAsync(tree, "other", recursive),
            target => target.AddAsync(Folder["tree/bin/run"], options: flat),
            async target => await target.AddTextAsync("second", "text\n", [await target.AddTextAsync("first", "text\n")]),
            async target => await target.AddAsync(Folder.Write("refers", (await target.AddTextAsync("first", "text\n")).ToString()), options: new AddOptions { ReferenceCandidates = [await target.AddTextAsync("first", "text\n")] }),
        ])
        {
            var path = await add(local);
            Assert.Equal(path, await add(store));
            Assert.Equal(await KnownOfAsync(local, path), await KnownOfAsync(store, path));
            Assert.Equal((await local.GetPathInfoAsync(path)).References, (await store.GetPathInfoAsync(path)).References);
            Assert.Equal(await ReadNarAsync(local, path), await ReadNarAsync(store, path));
        }

        Assert.Equal(await local.ListAsync(), await store.ListAsync());
        Assert.Equal("text", await File.ReadAllTextAsync(Path.Combine(store.GetRealPath(await store.AddAsync(tree)), "plain")));
        Assert.Equal(0, (await RealNix.VerifyAsync(daemon.Store, nix)).ExitCode);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_NAR_is_taken_in_and_given_out_over_the_connection(NixRelease nix)
    {
        await using var daemon = await StartAsync(nix);
        await using var store = await OpenAsync(daemon);
        await using var local = LocalStore.Open(Folder["local"]);
        var large = Folder.Write("large/file", string.Concat(Enumerable.Range(0, 300_000).Select(static number => $"{number}\n")));
        var path = await local.AddAsync(Path.GetDirectoryName(large)!);
        var nar = await ReadNarAsync(local, path);
        using (var stream = new MemoryStream(nar))
        {
            await store.AddNarAsync(await local.GetPathInfoAsync(path), stream);
        }

        // Without the root the files are not found, and the daemon is asked.
        await using var elsewhere = await DaemonStore.OpenAsync(daemon.Socket);
        Assert.False(Directory.Exists(elsewhere.GetRealPath(path)));
        Assert.Equal(nar, await ReadNarAsync(elsewhere, path));
        Assert.Equal(nar, await ReadNarAsync(store, path));
        Assert.Equal(NixErrorCodes.PathNotValid, (await Assert.ThrowsAsync<NixStoreException>(() => ReadNarAsync(elsewhere, Stranger))).Code);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_NAR_that_is_not_the_announced_one_is_refused_and_the_store_goes_on(NixRelease nix)
    {
        await using var daemon = await StartAsync(nix);
        await using var store = await OpenAsync(daemon);
        await using var local = LocalStore.Open(Folder["local"]);
        var path = await local.AddAsync(MakeTree());
        var (info, nar) = (await local.GetPathInfoAsync(path), await ReadNarAsync(local, path));
        nar[^100] ^= 1;
        var error = await Assert.ThrowsAsync<NixStoreException>(() => store.AddNarAsync(info, new MemoryStream(nar)));
        Assert.DoesNotContain('\u001b', error.Message);
        await Assert.ThrowsAsync<NixStoreException>(() => store.AddNarAsync(info, new MemoryStream(nar[..^8])));
        await Assert.ThrowsAsync<InvalidDataException>(() => store.AddNarAsync(info, new FailingStream()));
        await Assert.ThrowsAsync<NixStoreException>(() => store.AddNarsAsync([new NarSource(info, (target, token) => target.WriteAsync(nar.AsMemory(0, 8), token).AsTask())]));
        await Assert.ThrowsAsync<InvalidDataException>(() => store.AddNarsAsync([new NarSource(info, (_, _) => throw new InvalidDataException())]));
        Assert.Empty(await store.ListAsync());
        nar[^100] ^= 1;
        await store.AddNarAsync(info, new MemoryStream(nar));
        Assert.Equal([path], await store.ListAsync());
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Several_NARs_are_taken_in_at_once(NixRelease nix)
    {
        await using var daemon = await StartAsync(nix);
        await using var store = await OpenAsync(daemon);
        await using var local = LocalStore.Open(Folder["local"]);
        var first = await local.AddAsync(MakeTree());
        var second = await local.AddTextAsync("second", "text", [first]);
        var third = await local.AddTextAsync("third", "text", [second]);
        await store.AddAsync(Folder["tree"]);
        var sources = new List<NarSource>();
        foreach (var path in (StorePath[])[first, second, third])
        {
            sources.Add(NarSource.From(local, await local.GetPathInfoAsync(path)));
        }

        await store.AddNarsAsync(sources);
        Assert.Equal(await local.ListAsync(), await store.ListAsync());
        Assert.Equal(0, (await RealNix.VerifyAsync(daemon.Store, nix)).ExitCode);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Questions_are_answered_as_a_local_store_answers_them(NixRelease nix)
    {
        await using var daemon = await StartAsync(nix);
        await using var store = await OpenAsync(daemon);
        var first = await AddScriptAsync(store, "first", "echo first > $out");
        var second = await AddScriptAsync(store, "second", $"echo {first.GetOutput()} > $out", null, first);
        Assert.All(await store.BuildAsync([OutputsOf(second)]), static result => Assert.True(result.IsSuccess, result.ErrorMessage));
        var (made, needed) = (StorePath.Parse(second.GetOutput()), StorePath.Parse(first.GetOutput()));

        await using var local = LocalStore.Open(daemon.Store);
        foreach (var path in await local.ListAsync())
        {
            Assert.Equal(await local.QueryReferrersAsync(path), await store.QueryReferrersAsync(path));
            Assert.Equal(await local.QueryValidDeriversAsync(path), await store.QueryValidDeriversAsync(path));
            Assert.Equal(path, await store.QueryPathFromHashPartAsync(path.HashPart.ToString()));
        }

        Assert.Equal(await local.QueryDerivationOutputsAsync(second.Path), await store.QueryDerivationOutputsAsync(second.Path));
        Assert.Equal([made, needed], (await store.GetClosureAsync(made)).Paths.Select(static info => info.Path).Reverse());
        Assert.Equal(
            (await local.GetClosureAsync([second.Path, made])).Paths.Select(static info => (info.Path, info.NarHash, info.Deriver, info.Ultimate)),
            (await store.GetClosureAsync([second.Path, made])).Paths.Select(static info => (info.Path, info.NarHash, info.Deriver, info.Ultimate)));
        Assert.Equal([made], await store.QueryValidPathsAsync([Stranger, made]));
        Assert.Equal([made], (await store.QueryPathInfosAsync([Stranger, made])).Keys);
        Assert.Null(await store.QueryPathInfoAsync(Stranger));
        Assert.Null(await store.QueryPathFromHashPartAsync(new string('s', 32)));
        Assert.Empty(await store.QuerySubstitutablePathInfosAsync([Stranger]));
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Every_version_of_the_protocol_is_spoken(NixRelease nix)
    {
        await using var daemon = await StartAsync(nix);
        await using var local = LocalStore.Open(Folder["local"]);
        var newest = nix == NixRelease.Machine ? 34 : 38;
        for (var minor = ProtocolVersion.Oldest.Minor; minor <= newest; minor++)
        {
            var version = new ProtocolVersion(1, minor);
            await using var store = await DaemonStore.OpenAsync(StoreReference.Parse(daemon.Uri), null, version, default);
            Assert.Equal(version, (await store.GetDaemonInfoAsync()).Version);
            var tree = await store.AddAsync(Folder.Write($"in/{minor}", $"{minor}"));
            var text = await store.AddTextAsync("text", $"{minor}", [tree]);
            Assert.Equal([tree], (await store.GetPathInfoAsync(text)).References);
            var copied = await local.AddTextAsync("copied", $"{minor}");
            var source = NarSource.From(local, await local.GetPathInfoAsync(copied));
            await store.AddNarsAsync([source]);
            Assert.Equal([copied, tree, text], (await store.QueryValidPathsAsync([tree, text, copied])).OrderBy(static path => path.Name == "copied" ? 0 : path.Name == "text" ? 2 : 1));

            var derivation = await AddScriptAsync(store, $"made-{minor}", "echo $name > $out");
            var result = Assert.Single(await store.BuildAsync([OutputsOf(derivation)]));
            Assert.Equal(BuildStatus.Built, result.Status);
            Assert.Equal(derivation.GetOutput(), (await store.QueryDerivationOutputsAsync(derivation.Path))["out"].ToString());
            var failing = await AddScriptAsync(store, $"failing-{minor}", "exit 3");
            result = (await store.BuildAsync([OutputsOf(derivation), OutputsOf(failing)]))[1];
            Assert.False(result.IsSuccess);
            Assert.Contains($"failing-{minor}", result.ErrorMessage, StringComparison.Ordinal);
            Assert.Equal(NixErrorCodes.PathNotValid, (await Assert.ThrowsAsync<NixStoreException>(() => ReadNarAsync(store, Stranger))).Code);
        }

        Assert.Equal(0, (await RealNix.VerifyAsync(daemon.Store, nix)).ExitCode);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_daemon_that_was_killed_is_reported_and_a_new_one_is_used(NixRelease nix)
    {
        var daemon = await StartAsync(nix);
        await using var store = await OpenAsync(daemon);
        try
        {
            var path = await store.AddTextAsync("text", "text");
            daemon.Kill();
            await daemon.DisposeAsync();
            var error = await Assert.ThrowsAsync<NixStoreException>(() => store.QueryPathInfoAsync(path));

            // Its child that serves the connection may have ended before it is asked, or while it is.
            Assert.Contains(error.Code, (string[])[NixErrorCodes.DaemonUnreachable, NixErrorCodes.DaemonConnectionLost]);
            daemon = await StartAsync(nix);
            Assert.Equal(path, (await store.QueryPathInfoAsync(path))!.Path);
        }
        finally
        {
            await daemon.DisposeAsync();
        }
    }

    private sealed class FailingStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new InvalidDataException();
    }
}
