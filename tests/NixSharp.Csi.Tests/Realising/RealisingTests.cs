using Grpc.Core;
using NixSharp.Closures;
using NixSharp.GitOps.Kubernetes.Csi;
using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Csi.Tests.Realising;

public sealed class RealisingTests : IAsyncLifetime
{
    private readonly CsiLab _lab = CsiLab.Create();
    private DriverHere? _driver;

    private CsiClient Client => _driver!.Client;

    private string Target => _lab.Target("pod");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await StopAsync();
        await _lab.DisposeAsync();
    }

    [RequiresFact(Requirements.Root, "busybox", "nix")]
    public async Task Flakes_and_expressions_are_built()
    {
        await StartAsync();
        _lab.Folder.Write("flake/flake.nix", $"{{ outputs = _: {{ packages.{CsiLab.System}.hello = {Here(_lab.Expression("from-flake", "echo flake > $out"))}; }}; }}");
        await Client.PublishAsync("flake", _lab.Target("flake"), [("flakeRef", $"path:{_lab["flake"]}#hello")]);
        Assert.Equal("flake\n", File.ReadAllText(Directory.EnumerateFiles($"{_lab.Target("flake")}/store", "*-from-flake").Single()));
        Assert.EndsWith("-from-flake", new FileInfo($"{_lab.Target("flake")}/var/result").LinkTarget, StringComparison.Ordinal);

        await Client.PublishAsync("nixExpr", _lab.Target("nixExpr"), [("nixExpr", _lab.Expression("from-nixExpr", "echo 1 > $out"))]);
        await Client.PublishAsync("expression", _lab.Target("expression"), [("expression", _lab.Expression("from-expression", "echo 2 > $out"))]);
        Assert.Single(Directory.EnumerateFiles($"{_lab.Target("nixExpr")}/store", "*-from-nixExpr"));
        Assert.Single(Directory.EnumerateFiles($"{_lab.Target("expression")}/store", "*-from-expression"));

        // The flake's own copy of BusyBox lies in its source.
        string Here(string expression)
        {
            Directory.CreateDirectory(_lab["flake/shell"]);
            File.Copy(_lab["shell/busybox"], _lab["flake/shell/busybox"], overwrite: true);
            return expression.Replace(_lab["shell"], "./shell", StringComparison.Ordinal);
        }
    }

    [RequiresFact(Requirements.Root, "busybox", "nix")]
    public async Task Calls_for_the_same_expression_build_it_once()
    {
        await StartAsync();
        var expression = _lab.Expression("once", $"echo start >> {_lab["shared/starts"]}; $busybox/busybox sleep 1; echo done > $out");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(index => Client.PublishAsync($"volume-{index}", _lab.Target($"pod-{index}"), [("nixExpr", expression)])));
        Assert.Equal("start\n", File.ReadAllText(_lab["shared/starts"]));
        Assert.Equal(8, _lab.Mounts().Count);
    }

    [RequiresFact(Requirements.Root, "busybox", "nix")]
    public async Task A_build_that_ends_while_nobody_waits_is_neither_lost_nor_collected()
    {
        await StartAsync(static options => options with { PublishWait = TimeSpan.FromMilliseconds(300) });
        var expression = _lab.Expression("kept", $"echo start >> {_lab["shared/starts"]}; while ! [ -e {_lab["shared/go"]} ]; do $busybox/busybox sleep 0.1; done; echo done > $out");
        await Calls.FailsAsync(Client.PublishAsync("volume", Target, [("nixExpr", expression)]), StatusCode.Aborted, NixErrorCodes.CsiBusy);
        File.WriteAllText(_lab["shared/go"], "");
        await _driver!.LoggedAsync("\"realised\"");
        await RealNix.RunAsync(_lab.Store, "nix-store", "--gc");

        // Nor does it matter that the driver was started anew.
        await StopAsync();
        await StartAsync();
        await Client.PublishAsync("volume", Target, [("nixExpr", expression)]);
        Assert.Equal("start\n", File.ReadAllText(_lab["shared/starts"]));
    }

    [RequiresFact(Requirements.Root, "busybox", "nix")]
    public async Task A_failure_that_nobody_waited_for_is_told_to_the_next_call()
    {
        await StartAsync(static options => options with { PublishWait = TimeSpan.FromMilliseconds(300) });
        var expression = _lab.Expression("failing", $"echo start >> {_lab["shared/starts"]}; while ! [ -e {_lab["shared/go"]} ]; do $busybox/busybox sleep 0.1; done; exit 3");
        await Calls.FailsAsync(Client.PublishAsync("volume", Target, [("nixExpr", expression)]), StatusCode.Aborted, NixErrorCodes.CsiBusy);
        File.WriteAllText(_lab["shared/go"], "");
        await _driver!.LoggedAsync("not realised");
        await Calls.FailsAsync(Client.PublishAsync("volume", Target, [("nixExpr", expression)]), StatusCode.FailedPrecondition, NixErrorCodes.BuildFailed);
        Assert.Equal("start\n", File.ReadAllText(_lab["shared/starts"]));
    }

    [RequiresFact(Requirements.Root, "busybox", "nix")]
    public async Task A_failed_build_is_told_with_the_end_of_its_log()
    {
        await StartAsync();
        var message = await Calls.FailsAsync(
            Client.PublishAsync("volume", Target, [("nixExpr", _lab.Expression("failing", "echo first words; echo last words; exit 7"))]),
            StatusCode.FailedPrecondition,
            NixErrorCodes.BuildFailed);
        Assert.Contains("last words", message, StringComparison.Ordinal);
        Assert.Contains("exit code 7", message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Target));
    }

    [RequiresFact(Requirements.Root, "busybox", "nix")]
    public async Task An_expression_that_is_none_is_the_caller_s_fault()
    {
        await StartAsync();
        var message = await Calls.FailsAsync(Client.PublishAsync("volume", Target, [("nixExpr", "{ broken")]), StatusCode.InvalidArgument, NixErrorCodes.FlakeFailed);
        Assert.Contains("syntax error", message, StringComparison.Ordinal);
    }

    [RequiresFact(Requirements.Root, "busybox", "nix")]
    public async Task What_takes_too_long_is_given_up_and_its_builder_with_it()
    {
        await StartAsync(static options => options with { RealisationTimeout = TimeSpan.FromSeconds(3) });
        var expression = _lab.Expression("endless", $"echo $$ > {_lab["shared/pid"]}; while true; do $busybox/busybox sleep 0.1; done");
        await Calls.FailsAsync(Client.PublishAsync("volume", Target, [("nixExpr", expression)]), StatusCode.DeadlineExceeded, NixErrorCodes.CsiTimedOut);
        Assert.Empty(_lab.Mounts());
    }

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task What_nobody_has_is_not_found()
    {
        await StartAsync();
        var message = await Calls.FailsAsync(
            Client.PublishAsync("volume", Target, [(CsiLab.System, "/nix/store/7vxh7yfdm6pyjlds7fkiafmcby6rjvfn-hello")]),
            StatusCode.NotFound,
            NixErrorCodes.CannotSubstitute);
        Assert.Contains("there are no substituters", message, StringComparison.Ordinal);
    }

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task A_path_comes_from_a_binary_cache_if_its_signature_is_trusted()
    {
        var (app, key) = await MakeCacheAsync();
        await StartAsync(options => options with { Substituters = [$"file://{_lab["cache"]}"] });
        await Calls.FailsAsync(Client.PublishAsync("volume", Target, [(CsiLab.System, app.ToString())]), StatusCode.PermissionDenied, NixErrorCodes.PathNotTrusted);

        await StopAsync();
        await StartAsync(options => options with { Substituters = [$"file://{_lab["cache"]}"], TrustedKeys = [key] });
        await Client.PublishAsync("volume", Target, [(CsiLab.System, app.ToString())]);
        Assert.True(File.Exists($"{Target}/store/{app.BaseName}/text"));
        Assert.Contains("\"from\":\"substituter\"", _driver!.Log, StringComparison.Ordinal);
    }

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task A_volume_may_name_a_substituter_and_its_key_where_that_is_allowed()
    {
        var (app, key) = await MakeCacheAsync();
        var cache = $"file://{_lab["cache"]}";
        (string, string)[] attributes = [(CsiLab.System, app.ToString()), ("substituters", cache), ("trustedPublicKeys", key)];
        await StartAsync();
        await Calls.FailsAsync(Client.PublishAsync("volume", Target, attributes), StatusCode.PermissionDenied, NixErrorCodes.CsiPolicy);

        await StopAsync();
        await StartAsync(options => options with { Policy = new CsiPolicy { AllowedSubstituters = [$"file://{_lab.Folder.Path}/*"] } });
        await Client.PublishAsync("volume", Target, attributes);
    }

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task A_cache_that_hangs_is_given_up()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        await StartAsync(options => options with { Substituters = [$"http://{listener.LocalEndpoint}"], CacheTimeout = TimeSpan.FromSeconds(1) });
        var message = await Calls.FailsAsync(
            Client.PublishAsync("volume", Target, [(CsiLab.System, "/nix/store/7vxh7yfdm6pyjlds7fkiafmcby6rjvfn-hello")]),
            StatusCode.Unavailable,
            NixErrorCodes.CacheUnreachable);
        Assert.Contains($"http://{listener.LocalEndpoint}", message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories($"{_lab.State}/pool/volumes"));
    }

    [RequiresFact(Requirements.Root, "busybox", "nix")]
    public async Task A_builder_that_is_dead_is_told()
    {
        await StartAsync(options => options with { Builders = $"ssh-ng://127.0.0.1?ssh-key=/none {CsiLab.System}", MaxJobs = 0 });
        await Calls.FailsAsync(
            Client.PublishAsync("volume", Target, [("nixExpr", _lab.Expression("elsewhere", "echo > $out"))]),
            StatusCode.Unavailable,
            NixErrorCodes.CsiNoBuilder);
    }

    [RequiresFact(Requirements.Root, "busybox", "nix", "sshd", "ssh-keygen")]
    public async Task A_builder_on_another_machine_builds()
    {
        await using var server = await SshServer.StartAsync();
        var builder = _lab.Folder.Write("builder.sh", $"#!/bin/sh\nexport NIX_CONFIG='{RealNix.Configuration}'\nexec nix-daemon --stdio --store {_lab["builder"]}\n");
        File.SetUnixFileMode(builder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Environment.SetEnvironmentVariable("NIX_SSHOPTS", $"-p {server.Port}");
        await StartAsync(options => options with
        {
            Builders = $"ssh-ng://{Environment.UserName}@127.0.0.1?remote-program={builder} {CsiLab.System} {server.Key} 1 1 - - {server.HostKey}",
            MaxJobs = 0,
        });
        await Client.PublishAsync("volume", Target, [("nixExpr", _lab.Expression("elsewhere", "echo built > $out"))]);
        Environment.SetEnvironmentVariable("NIX_SSHOPTS", null);
        Assert.Single(Directory.EnumerateFiles($"{_lab["builder"]}/nix/store", "*-elsewhere"));
        Assert.Single(Directory.EnumerateFiles($"{Target}/store", "*-elsewhere"));
    }

    [RequiresFact(Requirements.Root, "busybox", "nix-daemon")]
    public async Task The_store_can_be_a_daemon_s()
    {
        var app = await _lab.AddAsync("app");
        await using var daemon = await NixDaemon.StartAsync(NixRelease.Machine, _lab.Store);
        await StartAsync(options => options with { Store = daemon.Uri });
        await Client.PublishAsync("volume", Target, [(CsiLab.System, app.ToString())]);
        await Client.PublishAsync("built", _lab.Target("built"), [("nixExpr", _lab.Expression("by-daemon", "echo built > $out"))]);
        Assert.True(File.Exists($"{Target}/store/{app.BaseName}/text"));
        Assert.Single(Directory.EnumerateFiles($"{_lab.Target("built")}/store", "*-by-daemon"));
        await Client.UnpublishAsync("volume", Target);
        daemon.Kill();
        Assert.Equal(StatusCode.FailedPrecondition, (await Assert.ThrowsAsync<RpcException>(Client.ProbeAsync)).StatusCode);
    }

    [RequiresFact(Requirements.Root, "busybox", "nix")]
    public async Task What_was_built_is_pushed_to_the_cache_and_signed()
    {
        var key = SecretKey.Generate("cache-1");
        _lab.Folder.Write("key", key.Export());
        await StartAsync(options => options with { Cache = $"file://{_lab["cache"]}", CacheKeyFile = _lab["key"] });
        await Client.PublishAsync("volume", Target, [("nixExpr", _lab.Expression("pushed", "echo pushed > $out"))]);
        var path = StorePath.Parse("/nix/store/" + Path.GetFileName(Directory.EnumerateFiles($"{Target}/store", "*-pushed").Single()));
        await _driver!.LoggedAsync("\"Pushed\"");
        await using var cache = await NixStore.OpenAsync($"file://{_lab["cache"]}");
        Assert.Single(new TrustedKeys([key.ToPublicKey()]).Verify(await cache.GetPathInfoAsync(path)));
    }

    [RequiresFact(Requirements.Root, "busybox", "nix")]
    public async Task The_policy_is_kept()
    {
        var app = await _lab.AddAsync("app");
        await StartAsync(static options => options with { Policy = new CsiPolicy { StorePathsOnly = true, MaxClosureSize = 100_000 } });
        await Calls.FailsAsync(Client.PublishAsync("volume", Target, [("nixExpr", "{ }")]), StatusCode.PermissionDenied, NixErrorCodes.CsiPolicy);
        await Calls.FailsAsync(Client.PublishAsync("volume", Target, [("flakeRef", "path:/none")]), StatusCode.PermissionDenied, NixErrorCodes.CsiPolicy);
        var message = await Calls.FailsAsync(Client.PublishAsync("volume", Target, [(CsiLab.System, app.ToString())]), StatusCode.PermissionDenied, NixErrorCodes.CsiPolicy);
        Assert.Contains("97.7 KiB", message, StringComparison.Ordinal);

        await StopAsync();
        var built = await _lab.BuildAsync("built", "echo built > $out");
        await StartAsync(static options => options with { Policy = new CsiPolicy { SignedOnly = true } });
        await Client.PublishAsync("added", _lab.Target("added"), [(CsiLab.System, app.ToString())]);
        await Calls.FailsAsync(Client.PublishAsync("volume", Target, [(CsiLab.System, built.ToString())]), StatusCode.PermissionDenied, NixErrorCodes.CsiPolicy);
        Assert.Equal("added", Path.GetFileName(Directory.EnumerateDirectories($"{_lab.State}/pool/volumes").Single()));
    }

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task A_closure_that_is_too_large_is_refused_before_it_is_fetched()
    {
        var (app, key) = await MakeCacheAsync();
        await StartAsync(options => options with { Substituters = [$"file://{_lab["cache"]}"], TrustedKeys = [key], Policy = new CsiPolicy { MaxClosureSize = 1000 } });
        await Calls.FailsAsync(Client.PublishAsync("volume", Target, [(CsiLab.System, app.ToString())]), StatusCode.PermissionDenied, NixErrorCodes.CsiPolicy);
        Assert.False(Directory.Exists(_lab.RealPath(app)));
    }

    /// <summary>A signed path in a cache, and the key; nothing is in the lab's store. Its name does not prove its contents.</summary>
    private async Task<(StorePath Path, string Key)> MakeCacheAsync()
    {
        var app = await _lab.AddAsync("app");
        var key = SecretKey.Generate("cache-1");
        await using (var store = LocalStore.Open(_lab.Store))
        await using (var cache = await NixStore.OpenAsync($"file://{_lab["cache"]}"))
        {
            var closure = await store.GetClosureAsync(app);
            foreach (var info in closure.Paths)
            {
                await using var nar = new MemoryStream();
                await store.ReadNarAsync(info.Path, nar);
                nar.Position = 0;
                var unproven = info with { ContentAddress = null };
                await cache.AddNarAsync(unproven with { Signatures = [key.Sign(unproven).ToString()] }, nar, new AddNarOptions { CheckSignatures = false });
            }
        }

        await CommandLine.RunAsync("chmod", "-R", "u+w", _lab.Store);
        Directory.Delete(_lab.Store, recursive: true);
        return (app, key.ToPublicKey().ToString());
    }

    private async Task StartAsync(Func<CsiOptions, CsiOptions>? change = null) => _driver = await _lab.StartHereAsync(change);

    private async Task StopAsync()
    {
        if (_driver is not null)
        {
            await _driver.DisposeAsync();
        }
    }
}
