using System.Diagnostics;
using NixSharp.Csi.Logging;
using NixSharp.Csi.Metrics;
using NixSharp.Csi.Policies;
using NixSharp.Csi.Realising;
using NixSharp.Volumes;

namespace NixSharp.Csi.Publishing;

/// <summary>
/// Publishes volumes and takes them back. What a call begins with a volume it ends, whether or not the caller still
/// waits; what takes long, fetching and building, goes on by itself, and the next call joins it.
/// </summary>
internal sealed class VolumePublisher(
    CsiOptions options,
    VolumePool pool,
    VolumeFactory factory,
    Realisations realisations,
    PolicyCheck policy,
    DriverMetrics metrics,
    DriverLog log,
    DriverEvents events)
{
    private static readonly TimeSpan MinPatience = TimeSpan.FromSeconds(1);

    private readonly KeyedLocks _locks = new();
    private readonly Waiters _waiters = new();

    /// <summary>Mounts a volume; makes it before, unless it is there.</summary>
    /// <param name="request">The volume, and where.</param>
    /// <param name="patience">How long the caller waits.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    /// <exception cref="NixException">It cannot be done, or not yet.</exception>
    public async Task PublishAsync(PublishRequest request, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            policy.RefuseRequest(request.Volume);
            var clock = Stopwatch.StartNew();
            while (!await TryPublishAsync(request, patience, clock, cancellationToken).ConfigureAwait(false))
            {
                // Another call has deleted the volume meanwhile.
            }
        }
        catch (NixException error) when (error.Code is not (NixErrorCodes.CsiBusy or NixErrorCodes.CsiNotReady))
        {
            events.Tell(request.Volume.Pod, "NixVolumeFailed", $"{error.Code}: {error.Message}", isWarning: true);
            throw;
        }
    }

    /// <summary>Unmounts a volume, and deletes it where it is mounted nowhere else.</summary>
    /// <param name="target">The volume, and where.</param>
    /// <param name="patience">How long the caller waits.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    /// <exception cref="NixException">It cannot be done, or not yet.</exception>
    public async Task UnpublishAsync(PublishTarget target, TimeSpan patience, CancellationToken cancellationToken)
    {
        _waiters.GiveUp(target.Volume.ToString());
        using var held = await TakeAsync(target.Volume, patience, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Deletes volumes that were made and never mounted, because a driver was killed in between and nobody came again.</summary>
    public async Task DeleteOrphansAsync(CancellationToken cancellationToken)
    {
        var before = DateTimeOffset.UtcNow - options.LeaseGrace;
        foreach (var volume in (await pool.ListAsync(cancellationToken).ConfigureAwait(false)).Where(volume => volume.Created < before))
        {
            using var held = await _locks.TryTakeAsync(volume.Name.ToString(), TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
            if (held is not null && !(await pool.ListMountsAsync(cancellationToken).ConfigureAwait(false)).Any(mount => mount.Volume == volume.Name))
            {
                await pool.DeleteAsync(volume.Name, CancellationToken.None).ConfigureAwait(false);
                log.Write(LogLevel.Info, "deleted a volume that was never mounted", ("volume", volume.Name.ToString()));
            }
        }
    }

    /// <returns>False where another call has deleted the volume meanwhile.</returns>
    private async Task<bool> TryPublishAsync(PublishRequest request, TimeSpan patience, Stopwatch clock, CancellationToken cancellationToken)
    {
        var name = request.Target.Volume;
        var realised = await factory.IsMadeAsync(name, request.Volume, cancellationToken).ConfigureAwait(false)
            ? null
            : await _waiters.WaitAsync(
                name.ToString(),
                token => realisations.JoinAsync(request.Volume, Remaining(patience, clock), token),
                cancellationToken).ConfigureAwait(false);

        using var held = await TakeAsync(name, Remaining(patience, clock), cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (await factory.IsMadeAsync(name, request.Volume, cancellationToken).ConfigureAwait(false))
        {
            realised = null;
        }
        else if (realised is null)
        {
            return false;
        }

        // From here on nobody's leaving stops it half-way.
        var report = realised is null ? null : await factory.MakeAsync(name, request.Volume, realised).ConfigureAwait(false);
        try
        {
            var mount = await MountAsync(request).ConfigureAwait(false);
            Report(request, realised, report, mount, clock.Elapsed);
            return true;
        }
        catch when (report is not null)
        {
            await factory.TakeBackAsync(name).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<VolumeMount> MountAsync(PublishRequest request)
    {
        if (pool.FindMount(request.Target.Path) is not { State: VolumeMountState.Mounted })
        {
            await factory.CheckAsync(request.Target.Volume, request.Volume.Check).ConfigureAwait(false);
        }

        var mountOptions = new VolumeMountOptions
        {
            ReadOnly = request.ReadOnly,
            Layout = options.MountVolumeRoot ? VolumeRootLayout.Volume : VolumeRootLayout.Nix,
            Quota = request.ReadOnly ? null : request.Volume.Quota,
        };
        return await pool.MountAsync(request.Target.Volume, request.Target.Path, mountOptions, CancellationToken.None).ConfigureAwait(false);
    }

    private void Report(PublishRequest request, Realised? realised, VolumeReport? report, VolumeMount mount, TimeSpan duration)
    {
        if (!mount.IsReused)
        {
            metrics.Publishing.Add(duration, realised?.FromName ?? "volume");
        }

        log.Write(
            LogLevel.Info,
            "published",
            ("volume", request.Target.Volume.ToString()),
            ("target", request.Target.Path),
            ("path", realised?.Path.ToString()),
            ("readOnly", request.ReadOnly),
            ("reused", mount.IsReused),
            ("pod", request.Volume.Pod.Name),
            ("namespace", request.Volume.Pod.Namespace),
            ("linkedFiles", report?.LinkedFiles),
            ("copiedFiles", report?.CopiedFiles),
            ("seconds", duration.TotalSeconds));
    }

    private async Task<IDisposable> TakeAsync(VolumeName volume, TimeSpan patience, CancellationToken cancellationToken) =>
        await _locks.TryTakeAsync(volume.ToString(), patience, cancellationToken).ConfigureAwait(false)
        ?? throw new CsiException(NixErrorCodes.CsiBusy, $"Another call about the volume {volume} is still being answered. Call again.");

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
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.Write(LogLevel.Warning, "target left", ("target", path), ("error", error.Message));
        }
    }

    private static TimeSpan Remaining(TimeSpan patience, Stopwatch clock) =>
        patience > clock.Elapsed + MinPatience ? patience - clock.Elapsed : MinPatience;
}
