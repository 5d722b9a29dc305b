using System.Diagnostics;
using NixSharp.Files;
using NixSharp.Volumes.Mounting;
using NixSharp.Volumes.Pools;

namespace NixSharp.Volumes;

public sealed partial class VolumePool
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LastDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Mounts a volume at <paramref name="target"/>, whose folder is made if need be, or finds that it is mounted there
    /// already: mounts do not stack. Set-user-id bits and devices do not count in it.
    /// </summary>
    /// <param name="name">The volume.</param>
    /// <param name="target">An absolute path.</param>
    /// <param name="options">How it is mounted.</param>
    /// <param name="cancellationToken">Stops the operation, and leaves nothing mounted.</param>
    /// <exception cref="VolumeException">There is no such volume, something else is at the target, or the system refuses.</exception>
    public Task<VolumeMount> MountAsync(VolumeName name, string target, VolumeMountOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(name);
        options ??= VolumeMountOptions.Default;
        var path = _layout.VolumeOf(name);
        return VolumeGuard.RunAsync(
            path,
            "mounted",
            async () =>
            {
                using var volumeLock = new HeldLock(await _layout.PlaceOf(name).LockAsync(null, cancellationToken).ConfigureAwait(false));
                var marker = VolumeMarker.Read(path);
                var place = MountTarget.Of(target);
                using var targetLock = new HeldLock(await LockAsync(place, cancellationToken).ConfigureAwait(false));
                return await MountAsync(new MountRecord(place.Path, name, options) { Created = _options.Time.GetUtcNow() }, marker, place, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);
    }

    /// <summary>
    /// Unmounts the volume at <paramref name="target"/>, deletes what was written to it there, and the target's folder if it
    /// was made for it. While programs use it they are waited for; then it is unmounted lazily: gone for all others at
    /// once, and for them when they end.
    /// </summary>
    /// <param name="target">Where it is mounted.</param>
    /// <param name="timeout">How long to wait; null takes what the pool's options say.</param>
    /// <param name="cancellationToken">Stops waiting; the volume stays mounted then.</param>
    /// <returns>Whether anything was mounted or noted there.</returns>
    /// <exception cref="VolumeException">Something else is mounted there, or the system refuses.</exception>
    public Task<bool> UnmountAsync(string target, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(target);
        return VolumeGuard.RunAsync(
            target,
            "unmounted",
            async () =>
            {
                var place = MountTarget.Of(target);
                using var targetLock = new HeldLock(await LockAsync(place, cancellationToken).ConfigureAwait(false));
                return await UnmountAsync(place, timeout ?? _options.UnmountTimeout, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);
    }

    /// <summary>Says what is mounted at <paramref name="target"/>; null where nothing is, and nothing is noted.</summary>
    public VolumeMount? FindMount(string target)
    {
        var place = MountTarget.Of(target);
        return Inspect(MountTable.Read(), place, ReadRecord(place)).Mount;
    }

    /// <summary>Lists the places where volumes are mounted, or were and are noted, by path.</summary>
    public Task<IReadOnlyList<VolumeMount>> ListMountsAsync(CancellationToken cancellationToken = default) => VolumeGuard.RunAsync<IReadOnlyList<VolumeMount>>(
        Folder,
        "listed",
        () =>
        {
            var table = MountTable.Read();
            return Task.FromResult<IReadOnlyList<VolumeMount>>(
                [.. ReadRecords().Select(record => Inspect(table, new MountTarget(record.Target), record).Mount).OfType<VolumeMount>().OrderBy(static mount => mount.Target, StringComparer.Ordinal)]);
        },
        cancellationToken);

    private async Task<VolumeMount> MountAsync(MountRecord wanted, VolumeMarker marker, MountTarget place, CancellationToken cancellationToken)
    {
        var known = ReadRecord(place);
        var (found, _) = Inspect(MountTable.Read(), place, known);
        switch (found?.State)
        {
            case VolumeMountState.Mounted when found.Volume == wanted.Volume && (known is null || known.Options == wanted.Options):
                return found with { IsReused = true };
            case VolumeMountState.Mounted:
                throw MountErrors.Occupied(place.Path, found.Volume == wanted.Volume ? "the volume is mounted there in another way" : $"the volume {found.Volume} is mounted there");
            case VolumeMountState.Foreign:
                throw MountErrors.Occupied(place.Path, "something else is mounted there");
            case VolumeMountState.Stale when found.Volume is null:
                throw MountErrors.Stale(place.Path, place.WhyUnanswered() ?? "it is gone");
            case VolumeMountState.Stale:
                Detach(place);
                break;
        }

        // Noted first: who is killed after that leaves nothing that the record does not tell.
        var record = wanted with { MadeTarget = !place.Check() || known is { MadeTarget: true } };
        var isRestored = known is { IsFromEarlierBoot: true } && known.Options == record.Options && known.Volume == record.Volume;
        record.Write(_layout.RecordOf(PoolLayout.MountIdOf(place.Path)));
        try
        {
            place.Make();
            var layer = LayerOf(place);
            if (!isRestored)
            {
                layer.Delete();
            }

            if (!record.Options.ReadOnly)
            {
                await layer.PrepareAsync(record.Options, cancellationToken).ConfigureAwait(false);
            }

            new VolumeTree(_layout.VolumeOf(record.Volume), _store).Attach(marker.Kind, record.Options, layer, place.Path);
        }
        catch
        {
            Detach(place);
            if (isRestored)
            {
                // What was written before the machine was started anew is kept for another try.
                known!.Write(_layout.RecordOf(PoolLayout.MountIdOf(place.Path)));
            }
            else
            {
                Forget(place, record);
            }

            throw;
        }

        return Describe(record, VolumeMountState.Mounted);
    }

    private async Task<bool> UnmountAsync(MountTarget place, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var record = ReadRecord(place);
        var started = Stopwatch.GetTimestamp();
        var delay = FirstDelay;
        var found = record is not null;
        while (true)
        {
            var table = MountTable.Read();
            var (mount, entry) = Inspect(table, place, record);
            if (entry is null)
            {
                break;
            }

            found = true;
            if (mount!.Volume is null || mount.State == VolumeMountState.Foreign)
            {
                throw mount.State == VolumeMountState.Stale
                    ? MountErrors.Stale(place.Path, place.WhyUnanswered() ?? "it is gone")
                    : MountErrors.Occupied(place.Path, "something else is mounted there");
            }

            var lazily = mount.State == VolumeMountState.Stale || Stopwatch.GetElapsedTime(started) >= timeout;
            var inner = table.In(place.Path).Select(static below => below.Point).Where(point => point != place.Path);
            if (!place.TryUnmount(inner, lazily))
            {
                await Task.Delay(delay, cancellationToken).ConfigureAwait(false);
                delay = delay * 2 < LastDelay ? delay * 2 : LastDelay;
            }
        }

        Forget(place, record);
        return found;
    }

    /// <summary>Takes away what of the pool is mounted at a place, in use or not.</summary>
    private void Detach(MountTarget place)
    {
        var record = ReadRecord(place);
        while (Inspect(MountTable.Read(), place, record) is { Entry: not null, Mount: { Volume: not null, State: not VolumeMountState.Foreign } })
        {
            place.TryUnmount([], lazily: true);
        }
    }

    /// <summary>Removes what was kept for a mount that is no more; first the target, which only the record tells.</summary>
    private void Forget(MountTarget place, MountRecord? record)
    {
        if (record is { MadeTarget: true })
        {
            place.Remove();
        }

        LayerOf(place).Delete();
        FileTree.Delete(_layout.MountOf(PoolLayout.MountIdOf(place.Path)));
    }

    /// <summary>Compares what the kernel says of a place with what the pool knows.</summary>
    private (VolumeMount? Mount, MountEntry? Entry) Inspect(MountTable table, MountTarget place, MountRecord? record)
    {
        if (table.At(place.Path) is not [.., var top])
        {
            return (record is null ? null : Describe(record, VolumeMountState.Missing), null);
        }

        if (FindVolume(table, top, place) is not { } owner)
        {
            return (new VolumeMount(place.Path, null, place.WhyUnanswered() is null ? VolumeMountState.Foreign : VolumeMountState.Stale), top);
        }

        var name = owner.Name ?? record?.Volume;
        var isWhole = name is { } known
            && !top.IsDeleted
            && (record is null || record.Volume == known)
            && place.WhyDead() is null
            && IsComplete(table, place, known);
        var described = record is not null && record.Volume == name
            ? record
            : new MountRecord(place.Path, name ?? default, new VolumeMountOptions { ReadOnly = top.IsReadOnly });
        return (Describe(described, isWhole ? VolumeMountState.Mounted : VolumeMountState.Stale), top);
    }

    /// <summary>Whether the volume is there, and all store paths of a bind view are mounted.</summary>
    private bool IsComplete(MountTable table, MountTarget place, VolumeName name)
    {
        var volume = _layout.VolumeOf(name);
        try
        {
            return VolumeMarker.Read(volume).Kind != VolumeKind.BindView
                || VolumeTree.PathsOf(volume, _store.StoreDirectory).Count() <= table.In(place.Path).Count - table.At(place.Path).Count;
        }
        catch (VolumeException)
        {
            return false;
        }
    }

    /// <summary>Says of which of the pool's volumes a mount is: of one whose name is not known any more, or of none.</summary>
    private (VolumeName? Name, bool IsOurs)? FindVolume(MountTable table, MountEntry entry, MountTarget place)
    {
        string? inside = null;
        if (entry.IsOverlay)
        {
            inside = entry.UpperFolder is { } upper && MountTable.IsIn(upper, _layout.LayerOf(PoolLayout.MountIdOf(place.Path)))
                ? entry.LowerFolders.Select(lower => RelativeTo(_layout.Volumes, lower)).FirstOrDefault() ?? ""
                : null;
        }
        else if (table.Locate(_layout.Volumes) is { } volumes && volumes.Device == entry.Device)
        {
            inside = RelativeTo(volumes.Root, entry.RootPath);
        }

        return inside is null ? null : (VolumeName.TryParse(inside.Split('/')[0], out var name) ? name : null, true);
    }

    private static string? RelativeTo(string folder, string path) =>
        path.StartsWith(folder + "/", StringComparison.Ordinal) ? path[(folder.Length + 1)..] : null;

    private static VolumeMount Describe(MountRecord record, VolumeMountState state) => new(record.Target, record.Volume, state)
    {
        Options = record.Options,
        Created = record.Created == default ? null : record.Created,
    };

    private WritableLayer LayerOf(MountTarget place) => new(_layout.LayerOf(PoolLayout.MountIdOf(place.Path)), place.Path);

    private MountRecord? ReadRecord(MountTarget place) =>
        MountRecord.Read(_layout.RecordOf(PoolLayout.MountIdOf(place.Path))) is { } record && record.Target == place.Path ? record : null;

    private IEnumerable<MountRecord> ReadRecords() =>
        Directory.EnumerateDirectories(_layout.Mounts).Select(folder => MountRecord.Read(_layout.RecordOf(Path.GetFileName(folder)))).OfType<MountRecord>();

    private Task<FileLock> LockAsync(MountTarget place, CancellationToken cancellationToken) =>
        FileLock.AcquireAsync(_layout.LockOf(PoolLayout.MountIdOf(place.Path)), FileLockMode.Exclusive, cancellationToken: cancellationToken);
}
