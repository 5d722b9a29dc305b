using System.Diagnostics;
using NixSharp.Csi.Logging;
using NixSharp.Csi.Metrics;
using NixSharp.Csi.Publishing;
using NixSharp.Stores.Uploads;

namespace NixSharp.Csi.Realising;

/// <summary>
/// What is being fetched and built for volumes: the same for several of them once, in the background, told to the log and
/// to pods, and handed to the cache.
/// </summary>
internal sealed class Realisations(
    CsiOptions options,
    Realiser realiser,
    Uploader? uploads,
    DriverMetrics metrics,
    DriverLog log,
    DriverEvents events,
    CancellationToken stopping)
{
    private readonly Flights<string, Realised> _flights = new(options.LeaseGrace);
    private readonly RealisedRoots _roots = new(Path.Combine(options.StateFolder, "realised"));

    /// <summary>How much is being fetched or built.</summary>
    public int Running => _flights.Count;

    /// <summary>Begins to realise what a volume is made of, or joins those who wait for it.</summary>
    /// <param name="request">What a pod asks for.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="cancellationToken">Stops waiting; the work goes on.</param>
    /// <exception cref="NixException">It cannot be had, or takes longer than the caller waits.</exception>
    public async Task<Realised> JoinAsync(VolumeRequest request, TimeSpan patience, CancellationToken cancellationToken)
    {
        var key = request.RealisationKey;
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        try
        {
            return await _flights.JoinAsync(key, () => RealiseAsync(request), patience, waiting.Token).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new CsiException(
                NixErrorCodes.CsiBusy,
                $"{request.Source} is still being realised, since {_flights.AgeOf(key)?.TotalSeconds ?? 0:0} s. It goes on; call again.");
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw new CsiException(NixErrorCodes.CsiNotReady, "The driver is being stopped. Call again when it is back.");
        }
    }

    /// <summary>Forgets what nobody came for, and lets go of what it kept.</summary>
    public void Prune()
    {
        _flights.Prune();
        _roots.Prune(options.LeaseGrace);
    }

    /// <summary>Waits until nothing is fetched or built any more.</summary>
    public Task WhenIdleAsync() => _flights.WhenIdleAsync();

    private async Task<Realised> RealiseAsync(VolumeRequest request)
    {
        var clock = Stopwatch.StartNew();
        log.Write(LogLevel.Info, "realising", ("source", request.Source.ToString()), ("pod", request.Pod.Name), ("namespace", request.Pod.Namespace));
        if (request.Source is not VolumeSource.Path)
        {
            events.Tell(request.Pod, "NixRealising", $"Realising {request.Source}");
        }

        try
        {
            var realised = await realiser.RealiseAsync(request, _roots.PathOf(request.RealisationKey), stopping).ConfigureAwait(false);
            metrics.Realised.Add(1, realised.FromName);
            metrics.Realising.Add(clock.Elapsed, realised.FromName);
            log.Write(LogLevel.Info, "realised", ("source", request.Source.ToString()), ("path", realised.Path.ToString()), ("from", realised.FromName), ("seconds", clock.Elapsed.TotalSeconds));
            if (realised.From != RealisedFrom.Store)
            {
                events.Tell(request.Pod, "NixRealised", $"Realised {realised.Path} from {realised.FromName} in {clock.Elapsed.TotalSeconds:0.0} s");
            }

            await UploadAsync(realised).ConfigureAwait(false);
            return realised;
        }
        catch (Exception error)
        {
            log.Write(LogLevel.Error, "not realised", ("source", request.Source.ToString()), ("code", (error as NixException)?.Code), ("error", error.Message), ("seconds", clock.Elapsed.TotalSeconds));
            throw;
        }
    }

    /// <summary>Has what was built here pushed to the cache, for other nodes. A volume does not wait for it, nor fail with it.</summary>
    private async Task UploadAsync(Realised realised)
    {
        if (uploads is null || realised.From != RealisedFrom.Nix)
        {
            return;
        }

        try
        {
            await uploads.EnqueueAsync(realised.Path, stopping).ConfigureAwait(false);
        }
        catch (NixException error)
        {
            log.Write(LogLevel.Error, "not queued for the cache", ("path", realised.Path.ToString()), ("code", error.Code), ("error", error.Message));
        }
    }
}
