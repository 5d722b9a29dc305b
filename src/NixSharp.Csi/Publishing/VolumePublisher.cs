using System.Diagnostics;
using NixSharp.Closures;
using NixSharp.Csi.Logging;
using NixSharp.Csi.Metrics;
using NixSharp.Csi.Policies;
using NixSharp.Csi.Realising;
using NixSharp.Hashing;
using NixSharp.Stores;
using NixSharp.Stores.Uploads;
using NixSharp.Volumes;

namespace NixSharp.Csi.Publishing;

/// <summary>
/// Publishes volumes and takes them back. What a call begins with a volume it ends, whether or not the caller still
/// waits; what takes long, fetching and building, goes on by itself, and the next call joins it.
/// </summary>
internal sealed class VolumePublisher(
    CsiOptions options,
    INixStore store,
    VolumePool pool,
    Realiser realiser,
    PolicyCheck policy,
    DriverMetrics metrics,
    DriverLog log,
    DriverEvents events,
    Uploader? uploads,
    CancellationToken stopping)
{
    private const string SourceLabel = "source";
    private const string RequestLabel = "request";

    private readonly Flights<string, Realised> _realisations = new(options.LeaseGrace);
    private readonly RealisedRoots _roots = new(Path.Combine(options.StateFolder, "realised"));
    private readonly KeyedLocks _locks = new();
    private readonly Waiters _waiters = new();

    /// <summary>How much is being fetched or built.</summary>
    public int RealisationsRunning => _realisations.Count;

    /// <summary>Mounts a volume; makes it before, unless it is there.</summary>
    /// <param name="request">The volume, and where.</param>
    /// <param name="patience">How long the caller waits.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    /// <exception cref="NixException">It cannot be done, or not yet.</exception>
    public async Task PublishAsync(PublishRequest request, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await PublishOnceAsync(request, patience, cancellationToken).ConfigureAwait(false);
        }
        catch (NixException error) when (error.Code is not (NixErrorCodes.CsiBusy or NixErrorCodes.CsiNotReady))
        {
            events.Tell(request.Volume.Pod, "NixVolumeFailed", $"{error.Code}: {error.Message}", isWarning: true);
            throw;
        }
    }

    /// <summary>Unmounts a volume, and deletes it where it is mounted nowhere else.</summary>
    /// <inheritdoc cref="PublishAsync"/>
    public async Task UnpublishAsync(PublishTarget target, TimeSpan patience, CancellationToken cancellationToken)
    {
        _waiters.GiveUp(target.Volume.ToString());
        using var held = await TakeAsync(target, patience, cancellationToken).ConfigureAwait(false);
        if (pool.FindMount(target.Path) is { Volume: { } other } && other != target.Volume)
        {
            throw new CsiException(
                NixErrorCodes.CsiUnknownVolume,
                $"The volume {target.Volume} is not mounted at {target.Path}: {other} is. Nothing was unmounted; check the path.");
        }

        var wasMounted = await pool.UnmountAsync(target.Path, cancellationToken: CancellationToken.None).ConfigureAwait(false);
        RemoveFolder(target.Path);
        if (!(await pool.ListMountsAsync(CancellationToken.None).ConfigureAwait(false)).Any(mount => mount.Volume == target.Volume))
        {
            await pool.DeleteAsync(target.Volume, CancellationToken.None).ConfigureAwait(false);
        }

        metrics.Unpublished.Add(wasMounted ? 1 : 0);
        log.Write(LogLevel.Info, "unpublished", ("volume", target.Volume.ToString()), ("target", target.Path), ("wasMounted", wasMounted));
    }

    /// <summary>Forgets what nobody came for, and lets go of what it kept.</summary>
    public void Prune()
    {
        _realisations.Prune();
        _roots.Prune(options.LeaseGrace);
    }

    /// <summary>Waits until nothing is fetched or built any more.</summary>
    public Task WhenIdleAsync() => _realisations.WhenIdleAsync();

    private async Task PublishOnceAsync(PublishRequest request, TimeSpan patience, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        policy.RefuseRequest(request.Volume);
        while (true)
        {
            var realised = await IsMadeAsync(request, cancellationToken).ConfigureAwait(false)
                ? null
                : await _waiters.WaitAsync(
                    request.Target.Volume.ToString(),
                    token => JoinRealisationAsync(request.Volume, Remaining(patience, clock), token),
                    cancellationToken).ConfigureAwait(false);

            using var held = await TakeAsync(request.Target, Remaining(patience, clock), cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();

            // Another call may have made or deleted it until now.
            var isMade = await IsMadeAsync(request, cancellationToken).ConfigureAwait(false);
            if (isMade || realised is not null)
            {
                // From here on nobody's leaving stops it half-way.
                await MountAsync(request, isMade ? null : realised, clock).ConfigureAwait(false);
                return;
            }
        }
    }

    private async Task<bool> IsMadeAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        if (await pool.FindAsync(request.Target.Volume, cancellationToken).ConfigureAwait(false) is not { Problem: null } volume)
        {
            return false;
        }

        return volume.Labels.GetValueOrDefault(RequestLabel) == DigestOf(request.Volume)
            ? true
            : throw new CsiException(
                NixErrorCodes.CsiOtherVolume,
                $"There is a volume {request.Target.Volume} already, and it was made for something else ({volume.Labels.GetValueOrDefault(SourceLabel)}). Unpublish it first, or take another name.");
    }

    private async Task<Realised> JoinRealisationAsync(VolumeRequest request, TimeSpan patience, CancellationToken cancellationToken)
    {
        var key = request.RealisationKey;
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        try
        {
            return await _realisations.JoinAsync(key, () => RealiseAsync(request), patience, waiting.Token).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new CsiException(
                NixErrorCodes.CsiBusy,
                $"{request.Source} is still being realised, since {_realisations.AgeOf(key)?.TotalSeconds ?? 0:0} s. It goes on; call again.");
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw new CsiException(NixErrorCodes.CsiNotReady, "The driver is being stopped. Call again when it is back.");
        }
    }

    private async Task<Realised> RealiseAsync(VolumeRequest request)
    {
        var clock = Stopwatch.StartNew();
        events.Tell(request.Pod, "NixRealising", $"Realising {request.Source}");
        log.Write(LogLevel.Info, "realising", ("source", request.Source.ToString()), ("pod", request.Pod.Name), ("namespace", request.Pod.Namespace));
        try
        {
            var realised = await realiser.RealiseAsync(request, _roots.PathOf(request.RealisationKey), stopping).ConfigureAwait(false);
            var from = NameOf(realised.From);
            metrics.Realised.Add(1, from);
            metrics.Realising.Add(clock.Elapsed, from);
            log.Write(LogLevel.Info, "realised", ("source", request.Source.ToString()), ("path", realised.Path.ToString()), ("from", from), ("seconds", clock.Elapsed.TotalSeconds));
            events.Tell(request.Pod, "NixRealised", $"Realised {realised.Path} from {from} in {clock.Elapsed.TotalSeconds:0.0} s");
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

    private async Task MountAsync(PublishRequest request, Realised? realised, Stopwatch clock)
    {
        var name = request.Target.Volume;
        var made = realised is null ? null : await MakeAsync(request, realised).ConfigureAwait(false);
        try
        {
            await VerifyAsync(request).ConfigureAwait(false);
            var mount = await pool.MountAsync(
                name,
                request.Target.Path,
                new VolumeMountOptions
                {
                    ReadOnly = request.ReadOnly,
                    Layout = options.MountVolumeRoot ? VolumeRootLayout.Volume : VolumeRootLayout.Nix,
                    Quota = request.ReadOnly ? null : request.Volume.Quota,
                },
                CancellationToken.None).ConfigureAwait(false);
            if (!mount.IsReused)
            {
                metrics.Publishing.Add(clock.Elapsed, realised is null ? "volume" : NameOf(realised.From));
            }

            log.Write(
                LogLevel.Info,
                "published",
                ("volume", name.ToString()),
                ("target", request.Target.Path),
                ("path", realised?.Path.ToString()),
                ("readOnly", request.ReadOnly),
                ("reused", mount.IsReused),
                ("pod", request.Volume.Pod.Name),
                ("namespace", request.Volume.Pod.Namespace),
                ("linkedFiles", made?.Report?.LinkedFiles),
                ("copiedFiles", made?.Report?.CopiedFiles),
                ("seconds", clock.Elapsed.TotalSeconds));
        }
        catch when (made?.Report is { IsReused: false })
        {
            // Nobody would come to take back a volume that was never published.
            await pool.DeleteAsync(name, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<PooledVolume> MakeAsync(PublishRequest request, Realised realised)
    {
        var name = request.Target.Volume;
        var closure = await Closure.ComputeAsync(store, [realised.Path], CancellationToken.None).ConfigureAwait(false);
        policy.RefuseSize(request.Volume.Source, closure.NarSize);
        policy.RefuseUnsigned(closure.Paths, realiser.KeysFor(request.Volume));
        if (await pool.FindAsync(name, CancellationToken.None).ConfigureAwait(false) is { Problem: { } problem })
        {
            log.Write(LogLevel.Warning, "making a damaged volume anew", ("volume", name.ToString()), ("error", problem));
            await pool.DeleteAsync(name, CancellationToken.None).ConfigureAwait(false);
        }

        var volume = await pool.CreateAsync(name, closure, CreateOptions(request.Volume), CancellationToken.None).ConfigureAwait(false);
        if (volume.Report is { IsReused: false } report)
        {
            metrics.Files.Add(report.LinkedFiles, "linked");
            metrics.Files.Add(report.ClonedFiles, "cloned");
            metrics.Files.Add(report.CopiedFiles, "copied");
            metrics.CopiedBytes.Add(report.CopiedBytes);
            metrics.VolumeBytes.Add(closure.NarSize);
        }

        return volume;
    }

    private VolumeOptions CreateOptions(VolumeRequest request) => new()
    {
        Kind = (request.Engine ?? options.Engine) == VolumeEngine.Bind ? VolumeKind.BindView : VolumeKind.HardLinks,
        Labels = new Dictionary<string, string?>
        {
            [RequestLabel] = DigestOf(request),
            [SourceLabel] = request.Source.ToString(),
            ["pod"] = request.Pod.Name,
            ["namespace"] = request.Pod.Namespace,
            ["podUid"] = request.Pod.Uid,
        }.Where(static label => label.Value is not null).ToDictionary(static label => label.Key, static label => label.Value!),
    };

    /// <summary>Checks a volume that is not mounted yet, as far as its pod wants that.</summary>
    private async Task VerifyAsync(PublishRequest request)
    {
        if (request.Volume.Check == VolumeCheck.None || pool.FindMount(request.Target.Path) is { State: VolumeMountState.Mounted })
        {
            return;
        }

        var options = new VolumeVerifyOptions { CheckContents = request.Volume.Check == VolumeCheck.Full };
        var result = await pool.VerifyAsync(request.Target.Volume, options, CancellationToken.None).ConfigureAwait(false);
        result.RefuseIfDamaged();
    }

    private async Task<IDisposable> TakeAsync(PublishTarget target, TimeSpan patience, CancellationToken cancellationToken) =>
        await _locks.TryTakeAsync(target.Volume.ToString(), patience, cancellationToken).ConfigureAwait(false)
        ?? throw new CsiException(NixErrorCodes.CsiBusy, $"Another call about the volume {target.Volume} is still being answered. Call again.");

    /// <summary>Removes the folder that a volume was mounted at, unless something is in it.</summary>
    private void RemoveFolder(string path)
    {
        try
        {
            Directory.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // The pool has removed it.
        }
        catch (IOException error)
        {
            log.Write(LogLevel.Warning, "target left", ("target", path), ("error", error.Message));
        }
    }

    private static TimeSpan Remaining(TimeSpan patience, Stopwatch clock) =>
        patience > clock.Elapsed + MinPatience ? patience - clock.Elapsed : MinPatience;

    private static TimeSpan MinPatience { get; } = TimeSpan.FromSeconds(1);

    private static string NameOf(RealisedFrom from) => from.ToString().ToLowerInvariant();

    private static string DigestOf(VolumeRequest request) => NixHash.Compute(
        NixHashAlgorithm.Sha256,
        System.Text.Encoding.UTF8.GetBytes($"{request.Engine}\n{request.RealisationKey}")).ToDigestString(HashFormat.Nix32);
}
