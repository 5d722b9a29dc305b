using NixSharp.Files;
using NixSharp.Volumes.Mounting;
using NixSharp.Volumes.Pools;

namespace NixSharp.Volumes;

public sealed partial class VolumePool
{
    /// <summary>
    /// Mounts again what was mounted when the machine was shut down, with what was written to it. One that cannot be
    /// mounted any more is left as it is noted.
    /// </summary>
    /// <returns>The mounts that were made, and those that still are missing.</returns>
    public Task<IReadOnlyList<VolumeMount>> RestoreMountsAsync(CancellationToken cancellationToken = default) => VolumeGuard.RunAsync<IReadOnlyList<VolumeMount>>(
        Folder,
        "mounted again",
        async () =>
        {
            var restored = new List<VolumeMount>();
            foreach (var mount in await ListMountsAsync(cancellationToken).ConfigureAwait(false))
            {
                if (mount is { State: VolumeMountState.Missing, Volume: { } volume })
                {
                    try
                    {
                        restored.Add(await MountAsync(volume, mount.Target, mount.Options, cancellationToken).ConfigureAwait(false));
                    }
                    catch (VolumeException)
                    {
                        restored.Add(mount);
                    }
                }
            }

            return restored;
        },
        cancellationToken);

    /// <summary>Finishes or removes what killed processes left; what living ones are at is left alone.</summary>
    private void Recover(CancellationToken cancellationToken)
    {
        VolumePlace.DeleteLeftovers(_layout.Volumes, null, cancellationToken);
        ReleaseAbandoned();
        foreach (var id in _layout.FindMountIds())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (FileLock.TryAcquire(_layout.LockOf(id), FileLockMode.Exclusive) is { } idle)
            {
                using var held = new HeldLock(idle);
                RecoverMount(id);
            }
        }
    }

    private void RecoverMount(string id)
    {
        var table = MountTable.Read();
        if (MountRecord.Read(_layout.RecordOf(id)) is not { } record || PoolLayout.MountIdOf(record.Target) != id)
        {
            if (table.FindOverlay(_layout.LayerOf(id)) is null)
            {
                new WritableLayer(_layout.LayerOf(id), _layout.LayerOf(id)).Delete();
                FileTree.Delete(_layout.MountOf(id));
            }

            return;
        }

        var place = new MountTarget(record.Target);
        var (mount, _) = Inspect(table, place, record);
        switch (mount)
        {
            case { State: VolumeMountState.Missing } when !record.IsFromEarlierBoot || !Directory.Exists(_layout.VolumeOf(record.Volume)):
                Forget(place, record);
                break;
            case { State: VolumeMountState.Stale, Volume: not null }:
                Detach(place);
                Forget(place, record);
                break;
            case { Volume: null }:
                Forget(place, record with { MadeTarget = false });
                break;
        }
    }
}
