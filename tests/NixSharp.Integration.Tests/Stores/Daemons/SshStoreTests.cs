using NixSharp.Closures;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Stores.Daemons;

public sealed class SshStoreTests : DaemonFixture
{
    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_store_on_another_machine_is_used_through_ssh(NixRelease nix)
    {
        await using var server = await SshServer.StartAsync();
        await using var local = LocalStore.Open(Folder["local"]);
        await using var store = await NixStore.OpenAsync(UriOf(server, nix));
        Assert.Equal(UriOf(server, nix), store.Uri);
        Assert.False(store is IFileSystemStore);

        var tree = await local.AddAsync(MakeTree());
        var text = await local.AddTextAsync("text", "text", [tree]);
        Assert.Equal(tree, await store.AddAsync(Folder["tree"]));
        await store.AddNarsAsync([NarSource.From(local, await local.GetPathInfoAsync(text))]);
        Assert.Equal([tree, text], (await store.GetClosureAsync(text)).Paths.Select(static info => info.Path));
        Assert.Equal(await ReadNarAsync(local, tree), await ReadNarAsync(store, tree));

        var derivation = await AddScriptAsync(store, "made", "echo printed; echo made > $out");
        var lines = new List<string>();
        var result = Assert.Single(await store.Require<IBuildStore>("build").BuildAsync([OutputsOf(derivation)], new BuildOptions { Log = line => lines.Add(line.Text) }));
        Assert.Equal(BuildStatus.Built, result.Status);
        Assert.Contains("printed", lines);
        Assert.Equal(0, (await RealNix.VerifyAsync(Folder["store"], nix)).ExitCode);
    }

    [Theory]
    [OnNix(NixRelease.Debian13)]
    public async Task A_root_is_made_on_the_other_machine(NixRelease nix)
    {
        await using var server = await SshServer.StartAsync();
        await using var store = await NixStore.OpenAsync(UriOf(server, nix));
        var path = await store.AddTextAsync("rooted", "rooted");
        var roots = store.Require<IStoreRoots>("keep roots");
        await roots.AddRootAsync(Folder["result"], path);
        Assert.Equal(path.ToString(), new FileInfo(Folder["result"]).LinkTarget);
        Assert.Contains(new GcRoot(path, Folder["result"]), await roots.FindRootsAsync());
        Assert.Equal(NixErrorCodes.StoreCannot, (await Assert.ThrowsAsync<NixStoreException>(() => store.Require<IBuildLogStore>("keep logs").OpenBuildLogAsync(path))).Code);
    }

    [RequiresFact("nix", "ssh")]
    public async Task What_keeps_ssh_from_reaching_a_store_is_said()
    {
        await using var server = await SshServer.StartAsync();
        var missing = await Assert.ThrowsAsync<NixStoreException>(() => NixStore.OpenAsync(server.UriOf("remote-program=no-such-nix")));
        Assert.Equal(NixErrorCodes.SshFailed, missing.Code);
        Assert.Contains("exit code 127", missing.Message, StringComparison.Ordinal);
        Assert.Contains("no-such-nix", missing.Message, StringComparison.Ordinal);

        var chatty = await Assert.ThrowsAsync<NixStoreException>(() => NixStore.OpenAsync(server.UriOf("remote-program=echo")));
        Assert.Equal(NixErrorCodes.DaemonProtocol, chatty.Code);

        // Another key than the host has.
        var wrong = StoreReference.Parse(server.UriOf("remote-program=nix-daemon"));
        var key = await File.ReadAllTextAsync(server.Key + ".pub");
        wrong = wrong with { Parameters = new Dictionary<string, string>(wrong.Parameters) { ["base64-ssh-public-host-key"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(key.TrimEnd())) } };
        var stranger = await Assert.ThrowsAsync<NixStoreException>(() => NixStore.OpenAsync(wrong));
        Assert.Equal(NixErrorCodes.SshFailed, stranger.Code);
        Assert.Contains("exit code 255", stranger.Message, StringComparison.Ordinal);
    }

    [RequiresFact("nix", "ssh")]
    public async Task A_build_that_is_cancelled_ends_on_the_other_machine()
    {
        await using var server = await SshServer.StartAsync();
        await using var store = await NixStore.OpenAsync(UriOf(server, NixRelease.Machine));
        var derivation = await AddScriptAsync(store, "endless", "echo started; while $b sleep 0.1; do :; done");
        using var stop = new CancellationTokenSource();
        var options = new BuildOptions { Log = line => { if (line.Text == "started") { stop.Cancel(); } } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.Require<IBuildStore>("build").BuildAsync([OutputsOf(derivation)], options, stop.Token));
        Assert.NotNull(await store.QueryPathInfoAsync(derivation.Path));
    }

    /// <summary>The folder's store, opened on the other side by a script that configures Nix as the tests need it.</summary>
    private string UriOf(SshServer server, NixRelease nix)
    {
        var program = Folder.Write(
            "remote/daemon",
            $"#!/bin/sh\nexport NIX_CONFIG='{RealNix.Configuration}'\nexec {(nix == NixRelease.Machine ? Requirements.Find("nix-daemon") : nix.PathOf("nix-daemon"))} \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return StoreReference.Parse(server.UriOf($"remote-program={program}&remote-store={Folder["store"]}")).ToString();
    }
}
