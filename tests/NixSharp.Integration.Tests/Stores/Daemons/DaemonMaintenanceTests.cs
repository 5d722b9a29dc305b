using NixSharp.Stores;
using NixSharp.StorePaths;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Stores.Daemons;

public sealed class DaemonMaintenanceTests : DaemonFixture
{
    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Garbage_is_collected_and_what_roots_keep_stays(NixRelease nix)
    {
        await using var daemon = await StartAsync(nix);
        StorePath rooted;
        StorePath garbage;
        await using (var store = await OpenAsync(daemon))
        {
            rooted = await store.AddTextAsync("rooted", "rooted");
            garbage = await store.AddTextAsync("garbage", "garbage");
            await store.AddRootAsync(Folder["result"], rooted);
            Assert.Contains(new GcRoot(rooted, Folder["result"]), await store.FindRootsAsync());
            Assert.Equal(rooted.ToString(), new FileInfo(Folder["result"]).LinkTarget);
        }

        await using (var store = await OpenAsync(daemon))
        {
            var used = await store.AddTextAsync("used", "used");
            await store.AddTemporaryRootAsync(used);
            var dead = await store.CollectGarbageAsync(new GarbageOptions { DryRun = true });
            Assert.Equal([garbage], dead.Paths);
            Assert.Equal((await store.GetPathInfoAsync(garbage)).NarSize, dead.BytesFreed);
            Assert.NotNull(await store.QueryPathInfoAsync(garbage));
            Assert.Contains(garbage, (await store.CollectGarbageAsync(new GarbageOptions { KeepOutputs = true, KeepDerivations = false })).Paths);
            Assert.Equal(((StorePath[])[rooted, used]).Order(), await store.ListAsync());
        }
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_path_is_deleted_unless_something_keeps_it(NixRelease nix)
    {
        await using var daemon = await StartAsync(nix);
        await using var store = await OpenAsync(daemon);
        var path = await store.AddTextAsync("path", "path");
        await store.DeleteAsync(path);
        Assert.Empty(await store.ListAsync());
        Assert.Equal(NixErrorCodes.PathNotValid, (await Assert.ThrowsAsync<NixStoreException>(() => store.DeleteAsync(path))).Code);
        await store.AddTextAsync("path", "path");
        await store.AddTemporaryRootAsync(path);
        var error = await Assert.ThrowsAsync<NixStoreException>(() => store.DeleteAsync(path));
        Assert.Equal(NixErrorCodes.PathInUse, error.Code);
        Assert.DoesNotContain('\u001b', error.Message);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Damage_is_found_and_repaired_from_another_store(NixRelease nix)
    {
        await using var daemon = await StartAsync(nix);
        await using var store = await OpenAsync(daemon);
        await using var other = LocalStore.Open(Folder["other"]);
        var (whole, damaged) = (await store.AddTextAsync("whole", "whole"), await store.AddTextAsync("damaged", "damaged"));
        await other.AddTextAsync("damaged", "damaged");
        Assert.True((await store.VerifyAsync(new VerifyOptions { CheckContents = true })).IsSound);

        File.SetUnixFileMode(store.GetRealPath(damaged), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(store.GetRealPath(damaged), "changed");
        var found = await store.VerifyAsync(new VerifyOptions { CheckContents = true });
        Assert.Equal(2, found.PathsChecked);
        Assert.Equal(damaged, Assert.Single(found.Problems).Path);
        var error = await Assert.ThrowsAsync<NixStoreException>(() => ReadNarAsync(store, damaged));
        Assert.Equal(NixErrorCodes.NarMismatch, error.Code);

        var repaired = await store.VerifyAsync(new VerifyOptions { CheckContents = true, Repair = true, Substituters = [other] });
        Assert.Equal([damaged], repaired.Repaired);
        Assert.True(repaired.IsSound);
        Assert.Equal("damaged", await File.ReadAllTextAsync(store.GetRealPath(damaged)));
        Assert.True((await store.VerifyAsync(new VerifyOptions { CheckContents = true })).IsSound);
        Assert.NotEqual(whole, damaged);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Equal_files_are_linked(NixRelease nix)
    {
        await using var daemon = await StartAsync(nix);
        await using var store = await OpenAsync(daemon);
        foreach (var name in (string[])["one", "two"])
        {
            Folder.Write($"{name}/same", new string('x', 10_000));
            Folder.Write($"{name}/other", name);
            await store.AddAsync(Folder[name]);
        }

        var result = await store.OptimiseAsync();
        Assert.Equal(new OptimiseResult(1, 10_000), result);
        Assert.Equal(new OptimiseResult(0, 0), await store.OptimiseAsync());
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Signatures_are_added(NixRelease nix)
    {
        await using var daemon = await StartAsync(nix);
        await using var store = await OpenAsync(daemon);
        var path = await store.AddTextAsync("path", "path");
        var signature = $"test-1:{Convert.ToBase64String(new byte[64])}";
        await store.AddSignaturesAsync(path, [signature]);
        Assert.Equal([signature], (await store.GetPathInfoAsync(path)).Signatures);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_path_that_no_store_has_cannot_be_ensured(NixRelease nix)
    {
        await using var daemon = await StartAsync(nix);
        await using var store = await OpenAsync(daemon);
        var path = await store.AddTextAsync("path", "path");
        await store.EnsurePathAsync(path);
        var stranger = StorePath.ParseBaseName($"{new string('s', 32)}-stranger");
        var error = await Assert.ThrowsAsync<NixStoreException>(() => store.EnsurePathAsync(stranger));
        Assert.Contains("stranger", error.Message, StringComparison.Ordinal);
    }
}
