using System.Collections.Concurrent;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Newtonsoft.Json.Linq;
using NixSharp.Closures;
using NixSharp.Csi.Hosting;
using NixSharp.GitOps.Kubernetes;
using NixSharp.GitOps.Kubernetes.Api;
using NixSharp.GitOps.Kubernetes.Csi;
using NixSharp.Stores;
using NixSharp.Testing;
using NixSharp.Volumes;
using Xunit;

namespace NixSharp.Csi.Tests.Operations;

public sealed class OperationsTests : IAsyncLifetime
{
    private readonly CsiLab _lab = CsiLab.Create();

    private string Target => _lab.Target("pod");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _lab.DisposeAsync();

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task Metrics_tell_latency_files_bytes_sources_and_failures()
    {
        var app = await _lab.AddAsync("app");
        await using var driver = await _lab.StartHereAsync(static options => options with { MetricsAddress = new(System.Net.IPAddress.Loopback, 0) });
        await driver.Client.PublishAsync("volume", Target, [(CsiLab.System, app.ToString())]);
        await Assert.ThrowsAsync<RpcException>(() => driver.Client.PublishAsync("", Target, []));
        await driver.Client.UnpublishAsync("volume", Target);

        using var web = new HttpClient();
        var page = await web.GetStringAsync(driver.Driver.MetricsAddress);
        foreach (var line in (string[])
        [
            "# TYPE nixsharp_csi_publish_seconds histogram",
            "nixsharp_csi_publish_seconds_bucket{from=\"store\",le=\"+Inf\"} 1",
            "nixsharp_csi_publish_seconds_count{from=\"store\"} 1",
            "nixsharp_csi_call_seconds_count{method=\"/csi.v1.Node/NodePublishVolume\",status=\"InvalidArgument\"} 1",
            "nixsharp_csi_realisations_total{from=\"store\"} 1",
            "nixsharp_csi_files_total{how=\"linked\"} 3",
            "nixsharp_csi_copied_bytes_total 0",
            "nixsharp_csi_failures_total{code=\"NIXS3040\"} 1",
            "nixsharp_csi_unpublished_total 1",
            "nixsharp_csi_ready 1",
        ])
        {
            Assert.Contains($"{line}\n", page, StringComparison.Ordinal);
        }

        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await web.GetAsync(new Uri(driver.Driver.MetricsAddress!, "/other"))).StatusCode);
    }

    [RequiresTheory(Requirements.Root, "busybox")]
    [InlineData("json")]
    [InlineData("logfmt")]
    public async Task The_log_has_a_line_for_each_event_with_volume_and_pod(string format)
    {
        var app = await _lab.AddAsync("app");
        var driver = await _lab.StartAsync("--log-format", format);
        await driver.Client.PublishAsync("volume", Target, [(CsiLab.System, app.ToString()), ("csi.storage.k8s.io/pod.name", "web 1"), ("csi.storage.k8s.io/pod.namespace", "shop"), ("csi.storage.k8s.io/ephemeral", "true")]);
        Assert.Equal(0, await driver.TerminateAsync());
        var published = driver.Log.Single(static line => line.Contains("published", StringComparison.Ordinal));
        if (format == "json")
        {
            var json = JObject.Parse(published);
            Assert.Equal(("info", "published", "volume", Target, "web 1", "shop"), ((string?)json["level"], (string?)json["message"], (string?)json["volume"], (string?)json["target"], (string?)json["pod"], (string?)json["namespace"]));
            Assert.All(driver.Log, static line => JObject.Parse(line));
        }
        else
        {
            Assert.Contains("level=info message=published volume=volume", published, StringComparison.Ordinal);
            Assert.Contains("pod=\"web 1\" namespace=shop", published, StringComparison.Ordinal);
        }
    }

    [RequiresFact(Requirements.Root, "busybox", "nix")]
    public async Task SIGTERM_lets_what_runs_finish_and_leaves_volumes_mounted()
    {
        var app = await _lab.AddAsync("app");
        var driver = await _lab.StartAsync();
        await driver.Client.PublishAsync("volume", Target, [(CsiLab.System, app.ToString())]);
        var running = driver.Client.PublishAsync("slow", _lab.Target("slow"), [("nixExpr", _lab.Expression("slow", "$busybox/busybox sleep 2; echo done > $out"))]);
        await WaitAsync(() => driver.Log.Any(static line => line.Contains("realising", StringComparison.Ordinal) && line.Contains("a Nix expression", StringComparison.Ordinal)));
        Assert.Equal(0, await driver.TerminateAsync());
        await running;
        Assert.True(File.Exists($"{Target}/store/{app.BaseName}/text"));
        Assert.Single(Directory.EnumerateFiles($"{_lab.Target("slow")}/store", "*-slow"));

        var next = await _lab.StartAsync();
        await next.Client.PublishAsync("volume", Target, [(CsiLab.System, app.ToString())]);
        Assert.Equal(2, _lab.Mounts().Count);
        await next.Client.UnpublishAsync("slow", _lab.Target("slow"));
        await next.Client.UnpublishAsync("volume", Target);
        Assert.Empty(_lab.Mounts());
    }

    [RequiresFact(Requirements.Root, "busybox", "nix")]
    public async Task A_driver_that_is_stopped_says_so_to_calls_that_would_wait_for_long()
    {
        await using var driver = await _lab.StartHereAsync(static options => options with { ShutdownGrace = TimeSpan.FromSeconds(4) });
        var running = driver.Client.PublishAsync("slow", Target, [("nixExpr", _lab.Expression("endless", "while true; do $busybox/busybox sleep 0.1; done"))]);
        await driver.LoggedAsync("realising");
        await driver.Driver.DisposeAsync();
        await Calls.FailsAsync(running, StatusCode.Unavailable, NixErrorCodes.CsiNotReady);
    }

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task After_the_machine_was_started_anew_volumes_are_mounted_again_when_they_are_asked_for()
    {
        var app = await _lab.AddAsync("app");
        await using (var before = await _lab.StartHereAsync())
        {
            await before.Client.PublishAsync("volume", Target, [(CsiLab.System, app.ToString())]);
            await before.Client.PublishAsync("gone", _lab.Target("gone"), [(CsiLab.System, app.ToString())]);
        }

        // As after a start of the machine: mounts are gone, folders are there.
        await CommandLine.RunAsync("umount", Target, _lab.Target("gone"));
        await using var after = await _lab.StartHereAsync();
        await after.Client.PublishAsync("volume", Target, [(CsiLab.System, app.ToString())]);
        Assert.True(File.Exists($"{Target}/store/{app.BaseName}/text"));
        await after.Client.UnpublishAsync("gone", _lab.Target("gone"));
        Assert.False(Directory.Exists(_lab.Target("gone")));
        Assert.Equal("volume", Path.GetFileName(Assert.Single(Directory.EnumerateDirectories($"{_lab.State}/pool/volumes"))));
    }

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task Garbage_is_collected_as_often_as_is_said_and_leases_are_kept()
    {
        var kept = await _lab.AddAsync("kept");
        var garbage = await _lab.AddAsync("garbage", "other text");
        await using (var before = await _lab.StartHereAsync())
        {
            await before.Client.PublishAsync("volume", Target, [(CsiLab.System, kept.ToString())]);
        }

        await using var driver = await _lab.StartHereAsync(static options => options with
        {
            CollectionInterval = TimeSpan.FromMilliseconds(200),
            MaintenanceInterval = TimeSpan.FromMilliseconds(100),
            LeaseGrace = TimeSpan.FromHours(1),
        });
        await driver.Client.UnpublishAsync("volume", Target);
        await WaitAsync(() => !Directory.Exists(_lab.RealPath(garbage)));
        Assert.True(File.Exists($"{_lab.RealPath(kept)}/text"));
    }

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task Two_drivers_do_not_listen_at_one_socket_and_one_that_was_killed_leaves_none_in_the_way()
    {
        var first = await _lab.StartAsync();
        Assert.Equal(NixErrorCodes.CannotListen, (await Assert.ThrowsAsync<NixException>(() => NixSharp.Csi.CsiDriver.StartAsync(_lab.Options))).Code);
        Assert.True(await first.Client.ProbeAsync());
        await first.KillAsync();
        Assert.True(File.Exists(_lab.Socket));
        await using var second = await _lab.StartHereAsync();
        Assert.True(await second.Client.ProbeAsync());
    }

    [Theory]
    [InlineData("relative.sock")]
    [InlineData("tcp://127.0.0.1:1")]
    [InlineData("unix:///")]
    public async Task An_endpoint_that_is_none_is_refused(string endpoint) =>
        Assert.Equal(NixErrorCodes.InvalidSetting, (await Assert.ThrowsAsync<NixConfigurationException>(() => NixSharp.Csi.CsiDriver.StartAsync(_lab.Options with { Endpoint = endpoint }))).Code);

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task A_volume_that_was_made_and_never_mounted_is_deleted_in_time()
    {
        var app = await _lab.AddAsync("app");
        await using (var store = LocalStore.Open(_lab.Store))
        {
            var pool = await VolumePool.OpenAsync(_lab["state/pool"], store);
            await pool.CreateAsync(VolumeName.Parse("orphan"), await store.GetClosureAsync(app));
        }

        await using var driver = await _lab.StartHereAsync(static options => options with { LeaseGrace = TimeSpan.FromSeconds(3), MaintenanceInterval = TimeSpan.FromMilliseconds(100) });
        await driver.Client.PublishAsync("used", Target, [(CsiLab.System, app.ToString())]);
        await WaitAsync(() => !Directory.Exists(_lab["state/pool/volumes/orphan"]));
        await Task.Delay(TimeSpan.FromSeconds(3));
        Assert.True(File.Exists($"{Target}/store/{app.BaseName}/text"));
    }

    [RequiresFact(Requirements.Root, "busybox", "nix")]
    public async Task A_pod_s_owner_is_told_in_events()
    {
        var posted = new ConcurrentQueue<JObject>();
        await using var server = await KestrelHost.StartAsync(
            "a cluster",
            static kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0),
            async context =>
            {
                using var reader = new StreamReader(context.Request.Body);
                posted.Enqueue(JObject.Parse(await reader.ReadToEndAsync()));
                context.Response.StatusCode = 201;
                await context.Response.WriteAsync("{}");
            },
            TimeSpan.FromSeconds(1),
            CancellationToken.None);
        var app = await _lab.AddAsync("app");
        await using (var driver = await _lab.StartHereAsync(options => options with { Cluster = new ClusterAccess { Server = new Uri(server.Address) } }))
        {
            (string, string)[] pod = [("csi.storage.k8s.io/pod.name", "web-1"), ("csi.storage.k8s.io/pod.namespace", "shop"), ("csi.storage.k8s.io/pod.uid", "1-2-3")];
            await driver.Client.PublishAsync("volume", Target, [(CsiLab.System, app.ToString()), .. pod]);
            await driver.Client.PublishAsync("built", _lab.Target("built"), [("nixExpr", _lab.Expression("built", "echo built > $out")), .. pod]);
            await Assert.ThrowsAsync<RpcException>(() => driver.Client.PublishAsync("missing", _lab.Target("missing"), [(CsiLab.System, "/nix/store/7vxh7yfdm6pyjlds7fkiafmcby6rjvfn-hello"), .. pod]));
        }

        // That a path was there already is no news.
        Assert.Equal(["NixRealising", "NixRealised", "NixVolumeFailed"], posted.Select(static value => (string?)value["reason"]));
        var failed = posted.Last();
        Assert.Equal("Warning", (string?)failed["type"]);
        Assert.Contains(NixErrorCodes.CannotSubstitute, failed.ToString(), StringComparison.Ordinal);
        Assert.Contains("web-1", failed.ToString(), StringComparison.Ordinal);
    }

    [RequiresFact(Requirements.Root, "busybox")]
    public async Task What_the_manifests_pass_on_the_command_line_is_understood()
    {
        var key = _lab.Folder.Write("key", NixSharp.NarInfos.SecretKey.Generate("cache-1").Export());
        var manifest = CsiManifest.Create(new CsiManifestOptions
        {
            Image = "registry.example.org/nixsharp:1.0",
            StateFolder = _lab["machine"],
            Substituters = ["https://cache.example.org"],
            TrustedPublicKeys = ["cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY="],
            Policy = new CsiPolicy { StorePathsOnly = true, SignedOnly = true, AllowedSubstituters = ["https://*"], MaxClosureSize = 1 << 30 },
            CacheUri = $"file://{_lab["cache"]}",
            SigningKeySecret = "signing-key",
            Builders = [new CsiBuilderOptions { System = CsiLab.System, Image = "builder" }],
            MetricsPort = FreePort(),
        });
        var driver = manifest.SelectMany(static file => file.Objects).OfType<DaemonSet>().Single().Spec.Template.Spec.Containers.Single(static container => container.Name == "driver");
        Assert.Equal(["csi", "serve"], driver.Args.Take(2));
        await using var process = await DriverProcess.StartToolAsync(_lab.Socket, [.. driver.Args.Skip(2).Select(argument =>
            argument.EndsWith("/secret-key", StringComparison.Ordinal) ? key
            : argument == "unix:///csi/csi.sock" ? $"unix://{_lab.Socket}"
            : argument)]);
        Assert.True(await process.Client.ProbeAsync());
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        for (var attempt = 0; attempt < 2400 && !condition(); attempt++)
        {
            await Task.Delay(50);
        }

        Assert.True(condition());
    }
}
