using System.Collections.Concurrent;
using Grpc.Core;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using NixSharp.Volumes;
using Xunit;

namespace NixSharp.Csi.Tests.Publishing;

public sealed class CrashTests
{
    private const int Kills = 10;
    private const int Pods = 10;

    // The others stay as they are, once they have their volume.
    private const int Busy = 8;

    /// <summary>
    /// Ten pods at once publish and unpublish, and the driver is killed ten times at a random moment: each kill hits ten
    /// volumes at points of their own.
    /// </summary>
    [RequiresFact(Requirements.Root, "busybox", "nix")]
    public async Task A_driver_that_is_killed_at_a_hundred_points_leaves_no_half_volume_and_nothing_without_a_root()
    {
        await using var lab = CsiLab.Create();
        var apps = new List<StorePath>();
        for (var app = 0; app < 3; app++)
        {
            apps.Add(await lab.AddAsync($"app-{app}", $"text {app}", files: 40));
        }

        var random = new Random(4711);
        var published = new ConcurrentDictionary<int, bool>();
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var driver = await lab.StartAsync("--lease-grace", "1");
            await CheckAsync(lab, apps, published);
            using var stop = new CancellationTokenSource();
            var pods = Enumerable.Range(0, Pods).Select(pod => LiveAsync(driver.Client, lab, pod, apps[pod % apps.Count], published, stop.Token)).ToList();
            await Task.Delay(random.Next(50, 700));
            await driver.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(pods);
        }

        await using var last = await lab.StartAsync("--lease-grace", "1");
        await CheckAsync(lab, apps, published);
        for (var pod = 0; pod < Pods; pod++)
        {
            await last.Client.UnpublishAsync($"pod-{pod}", lab.Target($"pod-{pod}"));
        }

        Assert.Empty(lab.Mounts());
        Assert.All(Directory.EnumerateFileSystemEntries($"{lab.State}/pool/volumes"), static entry => Assert.EndsWith(".volume-lock", entry, StringComparison.Ordinal));
        Assert.False(Directory.Exists($"{lab.State}/pool/layers") && Directory.EnumerateFileSystemEntries($"{lab.State}/pool/layers").Any());
        Assert.Empty(Directory.EnumerateFiles($"{lab.State}/pool/mounts", "*.json"));
        Assert.Equal(0, (await RealNix.VerifyAsync(lab.Store)).ExitCode);
    }

    /// <summary>Publishes and unpublishes until the driver is gone, and notes what the driver has confirmed.</summary>
    private static async Task LiveAsync(CsiClient client, CsiLab lab, int pod, StorePath app, ConcurrentDictionary<int, bool> published, CancellationToken stop)
    {
        var (volume, target) = ($"pod-{pod}", lab.Target($"pod-{pod}"));
        try
        {
            while (!stop.IsCancellationRequested)
            {
                published.TryRemove(pod, out _);
                await client.PublishAsync(volume, target, [(CsiLab.System, app.ToString()), ("engine", pod % 3 == 0 ? "bind" : "links")], readOnly: pod % 2 == 0);
                published[pod] = true;
                if (pod >= Busy)
                {
                    await Task.Delay(Timeout.Infinite, stop);
                }

                published.TryRemove(pod, out _);
                await client.UnpublishAsync(volume, target);
            }
        }
        catch (Exception error) when (error is RpcException or OperationCanceledException)
        {
            // The driver was killed.
            return;
        }
    }

    /// <summary>Looks at the pool as a driver that has just been started left it.</summary>
    private static async Task CheckAsync(CsiLab lab, List<StorePath> apps, ConcurrentDictionary<int, bool> published)
    {
        await using var store = LocalStore.Open(lab.Store);
        var pool = await VolumePool.OpenAsync($"{lab.State}/pool", store);
        var leases = (await pool.ListLeasesAsync()).Where(static lease => lease.Released is null).Select(static lease => lease.Volume).ToHashSet();
        foreach (var volume in await pool.ListAsync())
        {
            Assert.Null(volume.Problem);
            Assert.True((await pool.VerifyAsync(volume.Name)).IsSound, $"{volume.Name} is not whole");
            Assert.Contains(volume.Name, leases);
        }

        foreach (var mount in await pool.ListMountsAsync())
        {
            var pod = int.Parse(mount.Volume!.ToString()!["pod-".Length..], System.Globalization.CultureInfo.InvariantCulture);
            if (mount.State == VolumeMountState.Mounted)
            {
                Assert.Equal(40, Directory.EnumerateFiles($"{mount.Target}/store/{apps[pod % apps.Count].BaseName}", "text*").Count());
            }
        }

        Assert.All(published.Keys, pod => Assert.Equal(VolumeMountState.Mounted, pool.FindMount(lab.Target($"pod-{pod}"))?.State));
    }
}
