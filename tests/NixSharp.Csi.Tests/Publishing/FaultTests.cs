using Grpc.Core;
using NixSharp.Csi.Protocol;
using NixSharp.GitOps.Kubernetes.Csi;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Csi.Tests.Publishing;

/// <summary>The faults of drivers that came before, by their names: none of them is here.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private readonly CsiLab _lab = CsiLab.Create();
    private DriverHere? _driver;

    private CsiClient Client => _driver!.Client;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_driver is not null)
        {
            await _driver.DisposeAsync();
        }

        await _lab.DisposeAsync();
    }

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task Fault_hard_links_that_are_copies()
    {
        var app = await StartAsync(_ => _);
        await Client.PublishAsync("volume", _lab.Target("pod"), [(CsiLab.System, app.ToString())]);
        var (source, linked) = ($"{_lab.RealPath(app)}/text", $"{_lab.Target("pod")}/store/{app.BaseName}/text");
        Assert.Equal(await StatAsync(source), await StatAsync(linked));
        Assert.Equal(DateTime.UnixEpoch.AddSeconds(1), File.GetLastWriteTimeUtc(linked));
        Assert.Equal(DateTime.UnixEpoch.AddSeconds(1), Directory.GetLastWriteTimeUtc(Path.GetDirectoryName(linked)!));
    }

    [RequiresFact(Requirements.Root, "busybox", "mount")]
    public async Task Fault_a_mount_that_failed_is_taken_for_one_that_is_there()
    {
        var app = await StartAsync(_ => _);
        var target = Directory.CreateDirectory(_lab.Target("pod")).FullName;
        await CommandLine.RunAsync("mount", "-t", "tmpfs", "somebody", target);
        await Calls.FailsAsync(Client.PublishAsync("volume", target, [(CsiLab.System, app.ToString())]), StatusCode.FailedPrecondition, NixErrorCodes.MountTargetOccupied);
        await CommandLine.RunAsync("umount", target);

        Directory.Delete(target);
        File.WriteAllText(target, "a file");
        var error = await Assert.ThrowsAsync<RpcException>(() => Client.PublishAsync("volume", target, [(CsiLab.System, app.ToString())]));
        Assert.StartsWith("NIXS3", error.Status.Detail, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories($"{_lab.State}/pool/volumes"));
    }

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task Fault_a_volume_s_name_that_leads_to_all_volumes_or_out_of_their_folder()
    {
        var app = await StartAsync(_ => _);
        await Client.PublishAsync("kept", _lab.Target("kept"), [(CsiLab.System, app.ToString())]);
        foreach (var name in (string[])["", ".", "..", "/", "/etc", "../volumes", "a/../../b", "kept/nix", "a\0b", new string('a', 129), "-rf", ".hidden"])
        {
            await Calls.FailsAsync(Client.UnpublishAsync(name, _lab.Target("other")), StatusCode.InvalidArgument, NixErrorCodes.CsiInvalidRequest);
            await Calls.FailsAsync(Client.PublishAsync(name, _lab.Target("other"), [(CsiLab.System, app.ToString())]), StatusCode.InvalidArgument, NixErrorCodes.CsiInvalidRequest);
        }

        foreach (var target in (string[])["relative/path", "/", "//", "/var/../etc", "/a\0b"])
        {
            await Calls.FailsAsync(Client.UnpublishAsync("kept", target), StatusCode.InvalidArgument, NixErrorCodes.CsiInvalidRequest);
        }

        Assert.True(File.Exists($"{_lab.Target("kept")}/store/{app.BaseName}/text"));
        Assert.Equal(_lab.Target("kept"), Assert.Single(_lab.Mounts()));
    }

    [RequiresFact(Requirements.Root, "busybox", "nix")]
    public async Task Fault_no_root_for_a_path_that_was_there_already()
    {
        var app = await StartAsync(options => options with { LeaseGrace = TimeSpan.FromSeconds(1), MaintenanceInterval = TimeSpan.FromMilliseconds(100) });
        await Client.PublishAsync("volume", _lab.Target("pod"), [(CsiLab.System, app.ToString())]);
        await Task.Delay(TimeSpan.FromSeconds(2));
        await RealNix.RunAsync(_lab.Store, "nix-store", "--gc");
        Assert.True(File.Exists($"{_lab.RealPath(app)}/text"));

        // Once the volume is gone and its grace time over, nothing keeps the path.
        await Client.UnpublishAsync("volume", _lab.Target("pod"));
        for (var attempt = 0; attempt < 300 && Directory.Exists(_lab.RealPath(app)); attempt++)
        {
            await RealNix.RunAsync(_lab.Store, "nix-store", "--gc");
            await Task.Delay(100);
        }

        Assert.False(Directory.Exists(_lab.RealPath(app)));
    }

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task Fault_publishing_again_deletes_the_volume_that_is_in_use()
    {
        var app = await StartAsync(_ => _);
        var target = _lab.Target("pod");
        await Client.PublishAsync("volume", target, [(CsiLab.System, app.ToString())]);
        var before = await StatAsync(target);
        using var file = File.OpenRead($"{target}/store/{app.BaseName}/text");
        for (var time = 0; time < 10; time++)
        {
            await Client.PublishAsync("volume", target, [(CsiLab.System, app.ToString())]);
        }

        Assert.Equal(before, await StatAsync(target));
        Assert.Equal(file.Length, new FileInfo($"{target}/store/{app.BaseName}/text").Length);
        await Calls.FailsAsync(
            Client.PublishAsync("volume", target, [("nixExpr", "{ }")]),
            StatusCode.AlreadyExists,
            NixErrorCodes.CsiOtherVolume);
        Assert.Equal(before, await StatAsync(target));
    }

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task Fault_mounts_pile_up_and_the_target_s_folder_stays()
    {
        var app = await StartAsync(_ => _);
        var target = _lab.Target("pod");
        for (var round = 0; round < 3; round++)
        {
            for (var time = 0; time < 3; time++)
            {
                await Client.PublishAsync("volume", target, [(CsiLab.System, app.ToString())]);
            }

            Assert.Equal(target, Assert.Single(_lab.Mounts()));
            await Client.UnpublishAsync("volume", target);
            Assert.Empty(_lab.Mounts());
            Assert.False(Directory.Exists(target));
            Assert.Empty(Directory.EnumerateDirectories($"{_lab.State}/pool/volumes"));
        }
    }

    [RequiresFact(Requirements.Root, "busybox", "nix")]
    public async Task Fault_the_database_forgets_content_addresses_signatures_and_trust()
    {
        var app = await StartAsync(_ => _);
        File.WriteAllText(_lab["key"], await CommandLine.RunAsync("nix", "--extra-experimental-features", "nix-command", "key", "generate-secret", "--key-name", "test-1"));
        await RealNix.RunAsync(_lab.Store, "nix", "store", "sign", "--recursive", "--key-file", _lab["key"], app.ToString());
        var built = await _lab.BuildAsync("built", "echo built > $out");
        foreach (var path in (StorePath[])[app, built])
        {
            await Client.PublishAsync(path.Name, _lab.Target(path.Name), [(CsiLab.System, path.ToString())]);
            await using var host = LocalStore.Open(_lab.Store);
            await using var volume = LocalStore.Open($"{_lab.State}/pool/volumes/{path.Name}");
            var (expected, actual) = (await host.GetPathInfoAsync(path), await volume.GetPathInfoAsync(path));
            Assert.Equal((expected.ContentAddress, expected.Ultimate, expected.Deriver), (actual.ContentAddress, actual.Ultimate, actual.Deriver));
            Assert.Equal(expected.Signatures, actual.Signatures);
        }

        Assert.Empty((await RealNix.VerifyAsync($"{_lab.State}/pool/volumes/{app.Name}")).Output.Trim());
        Assert.Equal(0, (await RealNix.VerifyAsync($"{_lab.State}/pool/volumes/{app.Name}")).ExitCode);
    }

    [RequiresFact(Requirements.Root, "busybox", "mount")]
    public async Task Fault_another_file_system_or_too_many_links_are_an_error()
    {
        Directory.CreateDirectory(_lab.State);
        await CommandLine.RunAsync("mount", "-t", "tmpfs", "elsewhere", _lab.State);
        var app = await StartAsync(options => options with { MetricsAddress = new(System.Net.IPAddress.Loopback, 0) });
        await Client.PublishAsync("volume", _lab.Target("pod"), [(CsiLab.System, app.ToString())]);
        Assert.Equal(File.ReadAllText($"{_lab.RealPath(app)}/text"), File.ReadAllText($"{_lab.Target("pod")}/store/{app.BaseName}/text"));
        using var web = new HttpClient();
        Assert.Contains("nixsharp_csi_files_total{how=\"copied\"} 3", await web.GetStringAsync(_driver!.Driver.MetricsAddress), StringComparison.Ordinal);
        await Client.UnpublishAsync("volume", _lab.Target("pod"));
    }

    [RequiresFact(Requirements.Root, "busybox", "nix")]
    public async Task Fault_a_long_build_is_begun_again_by_each_retry()
    {
        await StartAsync(options => options with { PublishWait = TimeSpan.FromMilliseconds(500) });
        var (fifo, starts) = (_lab["shared/go"], _lab["shared/starts"]);
        var expression = _lab.Expression("slow", $"echo start >> {starts}; while ! [ -e {fifo} ]; do $busybox/busybox sleep 0.1; done; echo done > $out");
        for (var retry = 0; retry < 4; retry++)
        {
            var message = await Calls.FailsAsync(Client.PublishAsync("volume", _lab.Target("pod"), [("nixExpr", expression)]), StatusCode.Aborted, NixErrorCodes.CsiBusy);
            Assert.Contains("still being realised", message, StringComparison.Ordinal);
        }

        File.WriteAllText(fifo, "");
        await Client.PublishUntilDoneAsync("volume", _lab.Target("pod"), ("nixExpr", expression));
        Assert.Equal("start\n", File.ReadAllText(starts));
        Assert.Single(Directory.EnumerateFiles($"{_lab.Target("pod")}/store", "*-slow"));
    }

    [Fact]
    public void Fault_kubelet_is_to_change_the_owners_of_all_files() =>
        Assert.Contains(
            "fsGroupPolicy: None",
            string.Concat(CsiManifest.Create(new CsiManifestOptions { Image = "registry.example.org/nixsharp:1.0" }).SelectMany(static file => file.Objects).Select(GitOps.Kubernetes.KubernetesYaml.Write)),
            StringComparison.Ordinal);

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task Fault_a_controller_is_announced_and_every_probe_says_ready()
    {
        Directory.CreateDirectory(_lab.State);
        File.WriteAllText(_lab["state/pool"], "no folder");
        _driver = await DriverHere.StartAsync(_lab.Options);
        Assert.Empty((await Client.IdentityAsync<GetPluginCapabilitiesRequest, GetPluginCapabilitiesResponse>(new())).Capabilities);

        RpcException? failure = null;
        for (var attempt = 0; attempt < 600 && failure is null; attempt++)
        {
            try
            {
                Assert.False(await Client.ProbeAsync());
                await Task.Delay(50);
            }
            catch (RpcException error)
            {
                failure = error;
            }
        }

        Assert.Equal(StatusCode.FailedPrecondition, failure?.StatusCode);
        Assert.Contains(_lab["state/pool"], failure!.Status.Detail, StringComparison.Ordinal);
        await Calls.FailsAsync(Client.PublishAsync("volume", _lab.Target("pod"), []), StatusCode.Unavailable, NixErrorCodes.CsiNotReady);

        File.Delete(_lab["state/pool"]);
        await _driver.Driver.WaitUntilReadyAsync();
        Assert.True(await Client.ProbeAsync());
    }

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task Fault_a_registrar_that_sends_the_socket_s_path_as_authority_is_refused()
    {
        await StartAsync(_ => _);
        using var raw = await Http2.RawHttp2.ConnectAsync(_lab.Socket);
        await raw.SendAsync(Http2.RawHttp2.Headers, 0x4, 1, Http2.RawHttp2.Block("/csi.v1.Identity/GetPluginInfo", "/csi/csi.sock"));
        await raw.SendAsync(Http2.RawHttp2.Data, 0x1, 1, [0, 0, 0, 0, 0]);
        var (type, payload) = await raw.ReadEndAsync(1);
        Assert.Equal(Http2.RawHttp2.Headers, type);
        Assert.Contains("grpc-status\u00010", System.Text.Encoding.Latin1.GetString(payload), StringComparison.Ordinal);
    }

    private static Task<string> StatAsync(string path) => CommandLine.RunAsync("stat", "--format", "%d %i %a %h", path);

    private async Task<StorePath> StartAsync(Func<CsiOptions, CsiOptions> change)
    {
        var app = await _lab.AddAsync("app");
        _driver = await _lab.StartHereAsync(change);
        return app;
    }
}
