using NixSharp.Csi.Logging;
using NixSharp.Csi.Metrics;
using NixSharp.Csi.Publishing;
using NixSharp.Csi.Realising;
using NixSharp.Stores;
using NixSharp.Volumes;

namespace NixSharp.Csi;

/// <summary>Ends leases whose grace time is over, forgets and deletes what nobody came for, and collects the store's garbage.</summary>
internal sealed class Maintenance(CsiOptions options, INixStore store, VolumePool pool, VolumePublisher publisher, Realisations realisations, DriverMetrics metrics, DriverLog log)
{
    /// <summary>Does so again and again, until it is stopped.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var nextCollection = DateTime.UtcNow + options.CollectionInterval;
        using var timer = new PeriodicTimer(options.MaintenanceInterval);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                realisations.Prune();
                await publisher.DeleteOrphansAsync(cancellationToken).ConfigureAwait(false);
                await pool.CollectLeasesAsync(cancellationToken).ConfigureAwait(false);
                if (nextCollection <= DateTime.UtcNow)
                {
                    nextCollection = DateTime.UtcNow + options.CollectionInterval;
                    await CollectAsync(cancellationToken).ConfigureAwait(false);
                }
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                log.Write(LogLevel.Error, "maintenance failed", ("code", (error as NixException)?.Code), ("error", error.Message));
            }
        }
    }

    private async Task CollectAsync(CancellationToken cancellationToken)
    {
        var result = await store.Require<IGarbageCollector>("collect garbage").CollectGarbageAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        metrics.CollectedBytes.Add(result.BytesFreed);
        log.Write(LogLevel.Info, "collected garbage", ("paths", result.Paths.Count), ("bytes", result.BytesFreed));
    }
}
