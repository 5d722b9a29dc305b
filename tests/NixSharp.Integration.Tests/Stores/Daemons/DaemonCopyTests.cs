using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.Nar;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Copying;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Stores.Daemons;

public sealed class DaemonCopyTests : DaemonFixture
{
    private static readonly StoreOptions Fast = new() { SyncBeforeRegistering = false };

    private string Cache => $"file://{Folder["cache"]}";

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_closure_goes_to_a_daemon_and_comes_back(NixRelease nix)
    {
        await using var daemon = await StartAsync(nix);
        await using var store = await OpenAsync(daemon);
        await using var source = LocalStore.Open(Folder["source"], Fast);
        var top = await FillAsync(source);
        var all = await source.ListAsync();
        Assert.Equal(all, (await source.CopyToAsync(store, [top])).Copied.Select(static info => info.Path).Order());
        Assert.Equal(all, await store.ListAsync());
        Assert.Equal(0, (await RealNix.VerifyAsync(daemon.Store, nix)).ExitCode);
        Assert.Equal(all.Count, (await source.CopyToAsync(store, [top])).AlreadyThere);

        // Without the root the files are not found, and every NAR comes over the connection.
        await using var distant = await DaemonStore.OpenAsync(daemon.Socket);
        await using (var back = LocalStore.Open(Folder["back"], Fast))
        {
            Assert.Equal(all.Count, (await distant.CopyToAsync(back, [top])).Copied.Count);
            foreach (var path in all)
            {
                Assert.Equal(await KnownOfAsync(source, path), await KnownOfAsync(back, path));
                Assert.Equal((await source.GetPathInfoAsync(path)).References, (await back.GetPathInfoAsync(path)).References);
            }
        }

        Assert.Equal(0, (await RealNix.VerifyAsync(Folder["back"], nix)).ExitCode);
    }

    [RequiresTheory("nix-daemon")]
    [OnNix(NixRelease.Debian13)]
    public async Task A_closure_goes_between_daemons_of_two_releases(NixRelease newer)
    {
        await using var older = await StartAsync(NixRelease.Machine, "older");
        await using var second = await StartAsync(newer, "newer");
        await using var source = await DaemonStore.OpenAsync(older.Socket);
        await using var destination = await DaemonStore.OpenAsync(second.Socket);
        var top = await FillAsync(source);
        await source.CopyToAsync(destination, [top]);
        Assert.Equal(await source.ListAsync(), await destination.ListAsync());

        var more = await destination.AddTextAsync("more", $"{top}", [top]);
        Assert.Equal([more], (await destination.CopyToAsync(source, [more])).Copied.Select(static info => info.Path));
        Assert.Equal(0, (await RealNix.VerifyAsync(older.Store)).ExitCode);
        Assert.Equal(0, (await RealNix.VerifyAsync(second.Store, newer)).ExitCode);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_daemon_fetches_what_its_substituters_have_and_gets_the_rest(NixRelease nix)
    {
        await using var source = LocalStore.Open(Folder["source"], Fast);
        var top = await FillAsync(source);
        var needed = (await source.GetPathInfoAsync(top)).References;
        await using (var cache = await NixStore.OpenAsync(Cache, Fast))
        {
            await source.CopyToAsync(cache, needed);
        }

        await using var daemon = await StartAsync(nix, configuration: $"substituters = {Cache}\n");
        await using var store = await OpenAsync(daemon);
        var result = await source.CopyToAsync(store, [top], new CopyOptions { SubstituteOnDestination = true });
        Assert.Equal([top], result.Copied.Select(static info => info.Path));
        Assert.Equal(await source.ListAsync(), await store.ListAsync());
        Assert.Equal(0, (await RealNix.VerifyAsync(daemon.Store, nix)).ExitCode);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_local_store_misses_what_a_daemon_with_the_same_substituters_misses(NixRelease nix)
    {
        await using var daemon = await StartAsync(nix, configuration: $"substituters = {Cache}\n");
        await using var store = await OpenAsync(daemon);
        await using var cache = await NixStore.OpenAsync($"{Cache}?compression=xz", Fast);
        var library = await AddScriptAsync(store, "library", "echo > $out");
        var tool = await AddScriptAsync(store, "tool", "echo > $out", null, library);
        var unmade = await AddScriptAsync(store, "unmade", "echo > $out");
        var top = await AddScriptAsync(store, "top", "echo > $out", null, tool, unmade);
        var text = await cache.AddTextAsync("text", new string('x', 10_000));
        await AddOutputAsync(cache, tool, text);
        DerivedPath[] asked = [OutputsOf(top), DerivedPath.Of(text), DerivedPath.Of(StorePath.ParseBaseName($"{new string('s', 32)}-stranger"))];

        var theirs = await store.QueryMissingAsync(asked);
        await using var local = LocalStore.Open(daemon.Store, Fast);
        var ours = await local.QueryMissingAsync(asked, new BuildOptions { Substituters = [cache] });
        Assert.Equal(theirs.WillBuild, ours.WillBuild);
        Assert.Equal(theirs.WillSubstitute, ours.WillSubstitute);
        Assert.Equal(theirs.Unknown, ours.Unknown);
        Assert.Equal((theirs.DownloadSize, theirs.NarSize), (ours.DownloadSize, ours.NarSize));
        Assert.Equal((2, 2, 1), (ours.WillBuild.Count, ours.WillSubstitute.Count, ours.Unknown.Count));
    }

    /// <summary>Fills a store with a tree of files, and texts that refer to it and to each other.</summary>
    private async Task<StorePath> FillAsync(INixStore store)
    {
        var folder = MakeTree();
        await File.WriteAllBytesAsync(Path.Combine(folder, "large"), new byte[500_000]);
        var tree = await store.AddAsync(folder);
        var texts = new List<StorePath> { await store.AddTextAsync("first", $"{tree}", [tree]) };
        for (var i = 0; i < 10; i++)
        {
            texts.Add(await store.AddTextAsync($"text-{i}", $"{tree} {texts[i]}", [tree, texts[i]]));
        }

        return await store.AddTextAsync("top", string.Join('\n', texts), texts);
    }

    /// <summary>Has a cache have something in the place of a derivation's output.</summary>
    private async Task AddOutputAsync(INixStore cache, StoreDerivation derivation, StorePath reference)
    {
        using var nar = new MemoryStream();
        await NarArchive.DumpAsync(Folder.Write("made", reference.ToString()), nar);
        var info = new PathInfo
        {
            Path = StorePath.Parse(derivation.GetOutput()),
            NarHash = NixHash.Compute(NixHashAlgorithm.Sha256, nar.ToArray()),
            NarSize = nar.Length,
            References = [reference],
        };
        nar.Position = 0;
        await cache.AddNarAsync(info, nar);
    }
}
